/** What goes between the thread of the connector and that of the encoder. */

import type { ErrorCode } from '../error-list.ts';
import type { EncodedPage } from './encoded-page.ts';

export interface EncodeRequest {
  readonly id: number;
  readonly body: Uint8Array;
  readonly workspaceGid: string;
}

export type EncodeAnswer =
  | { readonly id: number; readonly page: EncodedPage }
  /** An error's class and code do not survive the way. */
  | { readonly id: number; readonly failure: { readonly code: ErrorCode; readonly message: string } };
