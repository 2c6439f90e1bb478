/**
 * Offsets: opaque tokens in the shape of a JWT. Their content is encrypted and signed with a secret of the run, so that
 * a client can neither read nor make one, and none survives the simulator that gave it out.
 */

import { createCipheriv, createDecipheriv } from 'node:crypto';
import { refuse } from './errors.ts';
import type { Filters } from './query.ts';

/** Where a chain of pages stands. */
export interface Position {
  /** The first index that was not looked at. */
  readonly next: number;
  /** How many late events had arrived then. */
  readonly arrivedCount: number;
  /** Which order within a millisecond this chain sees; 0: the order of the indexes. */
  readonly tieSalt: number;
  /** Indexes of the last events that the chain has shown: what a page that overlaps begins with. */
  readonly shown: readonly number[];
}

export interface OffsetContent {
  readonly workspaceGid: string;
  readonly filters: Filters;
  readonly position: Position;
  readonly issuedMs: number;
}

const HEADER = Buffer.from('{"typ":"JWT","alg":"HS256"}').toString('base64url');
const CIPHER = 'aes-256-gcm';

export const invalidOffset = () => refuse(400, 'offset: Your pagination token is invalid.');
const expiredOffset = () => refuse(400, 'offset: Your pagination token has expired.');

export class OffsetTokens {
  readonly #secret: Buffer;
  #issuedCount = 0;

  /** `secret`: 32 bytes. */
  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  /** A new token, different from all others even for the same content. */
  issue(content: OffsetContent): string {
    const nonce = Buffer.alloc(12);
    this.#issuedCount += 1;
    nonce.writeUIntBE(this.#issuedCount, 6, 6);
    const cipher = createCipheriv(CIPHER, this.#secret, nonce);
    const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(content)), cipher.final()]);
    return `${HEADER}.${sealed.toString('base64url')}.${cipher.getAuthTag().toString('base64url')}`;
  }

  /** Throws Refusal (400) for what this run did not issue for that workspace, or longer ago than `lifetimeMs` (0: any age). */
  open(token: string, workspaceGid: string, nowMs: number, lifetimeMs: number): OffsetContent {
    const content = this.#decrypt(token);
    if (content.workspaceGid !== workspaceGid) throw invalidOffset();
    if (lifetimeMs > 0 && nowMs - content.issuedMs >= lifetimeMs) throw expiredOffset();
    return content;
  }

  #decrypt(token: string): OffsetContent {
    const [header, body = '', tag = '', ...rest] = token.split('.');
    const sealed = Buffer.from(body, 'base64url');
    const signature = Buffer.from(tag, 'base64url');
    if (header !== HEADER || rest.length > 0 || sealed.length < 13 || signature.length !== 16)
      throw invalidOffset();
    try {
      const decipher = createDecipheriv(CIPHER, this.#secret, sealed.subarray(0, 12));
      decipher.setAuthTag(signature);
      const text = Buffer.concat([decipher.update(sealed.subarray(12)), decipher.final()]).toString();
      return JSON.parse(text);
    } catch {
      throw invalidOffset();
    }
  }
}
