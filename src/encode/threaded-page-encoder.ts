import { Worker } from 'node:worker_threads';
import type { PageBody } from '../asana/page.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import type { Hiding } from '../privacy/hiding.ts';
import type { EncodedEvent } from './encoded-event.ts';
import { type EncodedPage, eventsOf } from './encoded-page.ts';
import type { EncodeAnswer, EncodeRequest } from './encoder-messages.ts';
import type { PageEncoder } from './page-encoder.ts';

const PROGRAM = new URL('./encoder-thread.ts', import.meta.url);

/**
 * {@link PageEncoder} in a thread of its own, which takes JSON and Avro from the one that talks to Kafka
 * (docs/adr/0011-pages-are-encoded-in-a-thread.md). A thread that ends by itself fails what it was asked for; the next page has another.
 */
export class ThreadedPageEncoder implements PageEncoder {
  readonly #hiding: Hiding;
  readonly #program: URL;
  #thread: Worker | undefined;
  #lastId = 0;
  readonly #pending = new Map<number, PromiseWithResolvers<EncodedPage>>();
  #closed = false;

  /** @param program what the thread runs */
  constructor(hiding: Hiding, program = PROGRAM) {
    this.#hiding = hiding;
    this.#program = program;
  }

  /** Whoever knows that pages will come spares the first one the wait for the thread. */
  begin(): void {
    if (!this.#closed) this.#thread ??= this.#start();
  }

  async encode(body: Buffer, workspaceGid: string, signal: AbortSignal): Promise<PageBody<EncodedEvent>> {
    signal.throwIfAborted();
    if (this.#closed) throw ended('it was closed');
    this.#thread ??= this.#start();
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<EncodedPage>();
    const onAbort = () => answer.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#pending.set(id, answer);
    try {
      const own = ownMemory(body);
      this.#thread.postMessage({ id, body: own, workspaceGid } satisfies EncodeRequest, [own.buffer]);
      const page = await answer.promise;
      return { events: eventsOf(page), offset: page.offset };
    } finally {
      this.#pending.delete(id);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** What is still asked for fails. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(this.#program, {
      workerData: this.#hiding,
      name: 'encoder',
    });
    let reason = 'it was closed';
    thread.on('message', (answer: EncodeAnswer) => this.#settle(answer));
    thread.on('error', (error) => {
      reason = messageOf(error);
    });
    // An answer that cannot be read does not say whose it is: who asked for it would wait for ever.
    thread.on('messageerror', (error) => {
      reason = messageOf(error);
      void thread.terminate();
    });
    thread.on('exit', () => {
      this.#thread = undefined;
      for (const { reject } of this.#pending.values()) reject(ended(reason));
    });
    return thread;
  }

  /** Nobody waits any more for what was aborted. */
  #settle(answer: EncodeAnswer): void {
    const pending = this.#pending.get(answer.id);
    if ('page' in answer) pending?.resolve(answer.page);
    else pending?.reject(new ConnectorError(answer.failure.code, answer.failure.message));
  }
}

const ended = (reason: string) =>
  new ConnectorError('ENCODER_ENDED', `the thread that encodes pages has ended: ${reason}`);

/** Memory can be given away only as a whole, and a small body shares its own with others. */
function ownMemory(body: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer } = body;
  return buffer instanceof ArrayBuffer && buffer.byteLength === body.length
    ? new Uint8Array(buffer)
    : new Uint8Array(body);
}
