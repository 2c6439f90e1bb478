import type { PageBody } from '../asana/page.ts';
import type { HideFields } from '../privacy/hide-fields.ts';
import type { EncodedEvent } from './encoded-event.ts';
import { eventsOf } from './encoded-page.ts';
import { PageWriter } from './page-writer.ts';

/** From the bytes of answers to the values of records. */
export interface PageEncoder {
  /**
   * The page in the body of an answer, whose memory it may take. Throws ASANA_ANSWER_INVALID where it is none, ENCODER_ENDED; the
   * signal's reason where `signal` aborts.
   */
  encode(body: Buffer, workspaceGid: string, signal: AbortSignal): Promise<PageBody<EncodedEvent>>;
}

/** {@link PageEncoder} within the caller's thread. */
export class InlinePageEncoder implements PageEncoder {
  readonly #writer: PageWriter;

  constructor(hide?: HideFields | undefined) {
    this.#writer = new PageWriter(hide);
  }

  async encode(body: Buffer, workspaceGid: string, signal: AbortSignal): Promise<PageBody<EncodedEvent>> {
    signal.throwIfAborted();
    const page = this.#writer.write(body, workspaceGid);
    return { events: eventsOf(page), offset: page.offset };
  }
}
