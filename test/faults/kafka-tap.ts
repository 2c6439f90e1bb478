/** Kafka's requests and responses as they pass through a proxy: just enough of them to know what is being done. */

import type { Side, Tap } from './tcp-proxy.ts';

export const ApiKey = {
  Produce: 0,
  Fetch: 1,
  InitProducerId: 22,
  AddPartitionsToTxn: 24,
  EndTxn: 26,
} as const;

export interface Exchange {
  readonly apiKey: number;
  /** The request from behind its length, cut off where topic names are long past. */
  readonly request: Buffer;
  /** Undefined as long as it is only asked. */
  readonly response: Buffer | undefined;
}

/** `withhold`: what was seen is not passed on. A function is called once it has been. */
export type Verdict = 'pass' | 'withhold' | (() => void);

const LENGTH_BYTES = 4;
const CORRELATION_AT = 4;
// Client id, transactional id and the first topic's name come before.
const HEAD_BYTES = 1_024;
const BOOLEAN_TRUE = 1;

export function createKafkaTap(onExchange: (exchange: Exchange) => Verdict): Tap {
  const asked = new Map<number, Omit<Exchange, 'response'>>();
  const requests = new FrameSplitter();
  const responses = new FrameSplitter();
  const judge = (from: Side, frame: Buffer): Verdict => {
    if (from === 'client') {
      const exchange = { apiKey: frame.readInt16BE(0), request: Buffer.from(frame.subarray(0, HEAD_BYTES)) };
      asked.set(frame.readInt32BE(CORRELATION_AT), exchange);
      return onExchange({ ...exchange, response: undefined });
    }
    const correlationId = frame.readInt32BE(0);
    const exchange = asked.get(correlationId);
    asked.delete(correlationId);
    return exchange ? onExchange({ ...exchange, response: frame }) : 'pass';
  };
  return {
    see: (from, chunk) => {
      const afterwards: (() => void)[] = [];
      for (const frame of (from === 'client' ? requests : responses).split(chunk)) {
        const verdict = judge(from, frame);
        if (verdict === 'withhold') return false;
        if (verdict !== 'pass') afterwards.push(verdict);
      }
      if (afterwards.length === 0) return true;
      return () => {
        for (const then of afterwards) then();
      };
    },
  };
}

/** Does the request, in its first kilobyte, name the topic? */
export const namesTopic = ({ request }: Exchange, topic: string): boolean => {
  const name = Buffer.alloc(2 + Buffer.byteLength(topic));
  name.writeInt16BE(Buffer.byteLength(topic));
  name.write(topic, 2);
  return request.includes(name);
};

/** Of an EndTxn: its last byte says whether it commits. */
export const commits = ({ request }: Exchange): boolean => request.at(-1) === BOOLEAN_TRUE;

/** Of the response to an EndTxn or an InitProducerId: behind the correlation id and the throttle time. */
export const errorCodeOf = (response: Buffer): number => response.readInt16BE(8);

/** Frames that each have their length in front. */
class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #missingBytes = 0;

  *split(chunk: Buffer): Generator<Buffer> {
    // A large frame comes in many chunks: they are joined once, when it is whole.
    this.#parts.push(chunk);
    this.#missingBytes -= chunk.length;
    if (this.#missingBytes > 0) return;
    this.#rest = Buffer.concat([this.#rest, ...this.#parts]);
    this.#parts = [];
    while (this.#rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#rest.readInt32BE(0);
      if (this.#rest.length < end) {
        this.#missingBytes = end - this.#rest.length;
        return;
      }
      const frame = this.#rest.subarray(LENGTH_BYTES, end);
      this.#rest = this.#rest.subarray(end);
      yield frame;
    }
    this.#missingBytes = 0;
  }
}
