import type { PageBody } from '../asana/page.ts';
import { RecordWriter } from '../avro/record-writer.ts';
import type { HideFields } from '../privacy/hide-fields.ts';
import { encodePage } from './encode-page.ts';
import type { EncodedEvent } from './encoded-event.ts';
import { eventsOf } from './encoded-page.ts';

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
  readonly #writer = new RecordWriter();
  readonly #hide: HideFields | undefined;

  constructor(hide?: HideFields | undefined) {
    this.#hide = hide;
  }

  async encode(body: Buffer, workspaceGid: string, signal: AbortSignal): Promise<PageBody<EncodedEvent>> {
    signal.throwIfAborted();
    const page = encodePage(body, workspaceGid, this.#hide, this.#writer);
    return { events: eventsOf(page), offset: page.offset };
  }
}
