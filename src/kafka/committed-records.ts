import type { FetchedMessage, FetchedPartition } from 'kafkajs/src/cluster/index.js';
import type { FetchedBatch, FetchedRecord } from './client.ts';

const ABORT_MARKER = Buffer.from([0, 0, 0, 0]);

/**
 * What a read_committed reader sees of one answer to a fetch from `from`.
 *
 * kafkajs has this filter too, but enters at most one aborted transaction per record: where two producers' aborted
 * transactions overlap at the start of a fetch, it lets a record of the second one through. It also takes a data record with
 * the key 00 00 00 00 for an abort marker.
 */
export function committedRecords(fetched: FetchedPartition, from: number): FetchedBatch {
  const pending = (fetched.abortedTransactions ?? [])
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((a, b) => a.firstOffset - b.firstOffset);
  const aborting = new Set<string>();
  const records: FetchedRecord[] = [];
  let entered = 0;
  for (const message of fetched.messages) {
    const offset = Number(message.offset);
    for (
      let next = pending[entered];
      next !== undefined && next.firstOffset <= offset;
      next = pending[++entered]
    ) {
      aborting.add(next.producerId);
    }
    const { producerId, inTransaction } = message.batchContext;
    if (message.isControlRecord) {
      if (message.key?.equals(ABORT_MARKER)) aborting.delete(producerId);
    } else if (offset >= from && !(inTransaction && aborting.has(producerId))) {
      records.push(toRecord(message, offset));
    }
  }
  const lastStableOffset = Number(fetched.lastStableOffset);
  return {
    records,
    nextOffset: nextOffset(fetched.messages, from, lastStableOffset),
    lastStableOffset,
    highWatermark: Number(fetched.highWatermark),
  };
}

/**
 * Is there something from `from` on, of which nothing was given? The commit may be acknowledged and its marker a few milliseconds away, or the
 * broker have had no time to get it from remote storage: the answer is no evidence that nothing can be read.
 */
export const isInVain = ({ messages, highWatermark }: FetchedPartition, from: number): boolean =>
  messages.length === 0 && Number(highWatermark) > from;

/** By the batches, not by their records: compaction takes records from a batch's end and leaves its range of offsets. */
function nextOffset(messages: readonly FetchedMessage[], from: number, lastStableOffset: number): number {
  const last = messages.at(-1)?.batchContext;
  if (last !== undefined) return Math.max(from, Number(last.firstOffset) + last.lastOffsetDelta + 1);
  // Nothing although there is something below the last stable offset: a batch that compaction has emptied. Its range is not
  // told, so we step through it.
  return from < lastStableOffset ? from + 1 : from;
}

function toRecord({ key, value, timestamp, headers }: FetchedMessage, offset: number): FetchedRecord {
  return { offset, key, value, timestampMs: Number(timestamp), headers: toHeaders(headers) };
}

function toHeaders(headers: FetchedMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join()]));
}
