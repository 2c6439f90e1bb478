import type { FetchStart, KafkaClient } from '../kafka/client.ts';
import type { ReadRecord } from '../kafka/read-to-end.ts';

export interface TailRange {
  readonly topic: string;
  /** Where not, from now on. */
  readonly isFromBeginning: boolean;
  /** Ends with what is committed at the start. */
  readonly isUntilEnd: boolean;
}

const AT_END = Symbol('what was committed at the start is read');
type Source = AsyncGenerator<ReadRecord | typeof AT_END>;

// No record is as young as this: reading starts at the end.
const NOW: FetchStart = { timestampMs: Number.MAX_SAFE_INTEGER };

/**
 * The committed records of all partitions: what is there at the start as if it were one partition, in the order of its timestamps,
 * and then what comes.
 */
export async function* tailRecords(
  kafka: KafkaClient,
  { topic, isFromBeginning, isUntilEnd }: TailRange,
  partitions: number,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  const reading = new AbortController();
  const either = AbortSignal.any([signal, reading.signal]);
  const sources = Array.from({ length: partitions }, (_, partition) =>
    readPartition(kafka, topic, partition, isFromBeginning ? 'earliest' : NOW, either),
  );
  try {
    yield* inTimeOrder(sources);
    if (!isUntilEnd) yield* asTheyCome(sources);
  } finally {
    reading.abort();
    await Promise.allSettled(sources.map((source) => source.return(undefined)));
  }
}

async function* readPartition(
  kafka: KafkaClient,
  topic: string,
  partition: number,
  start: FetchStart,
  signal: AbortSignal,
): Source {
  let end: number | undefined;
  let isPast = false;
  for await (const { records, nextOffset, lastStableOffset } of kafka.fetchCommitted(
    topic,
    partition,
    start,
    signal,
  )) {
    end ??= lastStableOffset;
    for (const record of records) {
      if (!isPast && record.offset >= end) yield AT_END;
      isPast ||= record.offset >= end;
      yield { ...record, partition };
    }
    if (!isPast && nextOffset >= end) yield AT_END;
    isPast ||= nextOffset >= end;
  }
}

/** Each partition is in time order, but for late events. */
async function* inTimeOrder(sources: readonly Source[]): AsyncGenerator<ReadRecord> {
  const heads = await Promise.all(sources.map(async (source) => ({ source, record: await nextOf(source) })));
  for (;;) {
    let oldest: { source: Source; record: ReadRecord } | undefined;
    for (const { source, record } of heads)
      if (record && (oldest === undefined || record.timestampMs < oldest.record.timestampMs))
        oldest = { source, record };
    if (oldest === undefined) return;
    yield oldest.record;
    const head = heads.find(({ source }) => source === oldest.source);
    if (head) head.record = await nextOf(oldest.source);
  }
}

async function nextOf(source: Source): Promise<ReadRecord | undefined> {
  const { value } = await source.next();
  return value === AT_END ? undefined : value;
}

async function* asTheyCome(sources: readonly Source[]): AsyncGenerator<ReadRecord> {
  const ask = (source: Source) => {
    const asked = nextOf(source).then((record) => ({ source, record }));
    // Met when it is its turn; until then it is not an unhandled rejection.
    asked.catch(() => {});
    return asked;
  };
  const asked = new Map(sources.map((source) => [source, ask(source)]));
  while (asked.size > 0) {
    const { source, record } = await Promise.race(asked.values());
    if (record === undefined) asked.delete(source);
    else {
      yield record;
      asked.set(source, ask(source));
    }
  }
}
