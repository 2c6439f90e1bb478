/** What a run has left behind, in terms that a simulation, a crash loop on real brokers and a command can all give. */

export interface SourceEvent {
  readonly id: string;
  /** Undefined where nobody asked for it. */
  readonly createdAtMs?: number;
  /** SHA-256 of the canonical JSON, in whatever encoding, the same everywhere. */
  readonly hash: string;
}

export interface TopicRecord {
  readonly id: string;
  /** Undefined for a record that cannot be read. */
  readonly createdAtMs: number | undefined;
  readonly hash: string;
  readonly partition: number;
  readonly offset: number;
  /** Marked as committed after younger ones. */
  readonly late: boolean;
  /** Why it cannot be one of ours as it is; on hardly any record. */
  readonly problem?: string;
}

/** Where a record is, in words. Made when it is needed: there may be millions of records. */
export type PlaceOf = (record: TopicRecord) => string;

export interface DeadLetterRecord {
  readonly hash: string;
  readonly offset: number;
}

/** Counts and digest as a cursor states them. */
export interface StatedCursor {
  readonly events: number;
  readonly digest: string;
  readonly deadLetters: number;
}

/**
 * What became visible of a stream from one look at the topics to the next, and its cursor as of the second. A simulation
 * looks after each transaction, a crash loop after each session.
 */
export interface Step {
  /** Who wrote it: a process. Empty where nobody knows. */
  readonly by: string;
  readonly ids: readonly string[];
  readonly deadLetters: number;
  readonly cursor: StatedCursor | undefined;
}

/** A record of a stream in the state topic. `writer`: producer id and epoch. */
export interface StateRecord {
  readonly kind: 'session' | 'cursor';
  readonly writer: string;
  readonly offset: number;
}

export interface StreamEvidence {
  readonly stream: string;
  /** What the source showed in the stream's scope: never derived from what was seen. */
  readonly source: readonly SourceEvent[];
  readonly topic: readonly TopicRecord[];
  readonly deadLetters: readonly DeadLetterRecord[];
  readonly steps: readonly Step[];
  /** In the order of their offsets. */
  readonly state: readonly StateRecord[];
  /** Events that a process said it had committed. */
  readonly reported: ReadonlyMap<string, number>;
  /** Pages at hand that were not committed yet, at most. */
  readonly mostPagesAhead: number;
  /** Undefined where it was not asked for. */
  readonly caughtUp: { readonly completeToMs: number | undefined; readonly expectedMs: number } | undefined;
}

/** A partition of any topic, after everything has ended. */
export interface PartitionEnd {
  readonly topic: string;
  readonly partition: number;
  readonly lastStableOffset: number;
  readonly endOffset: number;
}

/** What somebody read while it was being written, and what is there at the end: `offset id` of each record. */
export interface ConcurrentReading {
  readonly topic: string;
  readonly partition: number;
  readonly seen: readonly string[];
  readonly atTheEnd: readonly string[];
}

/** Requests of one process with one token, times in milliseconds on a clock that only grows. */
export interface Requests {
  readonly by: string;
  readonly perMinute: number;
  readonly timesMs: readonly number[];
}

export interface Evidence {
  readonly streams: readonly StreamEvidence[];
  /** `topic-partition@offset` of visible records whose transaction was aborted, or never ended. */
  readonly abortedVisible: readonly string[];
  readonly partitions: readonly PartitionEnd[];
  readonly readings: readonly ConcurrentReading[];
  readonly requests: readonly Requests[];
  /** Each use of a producer after its commit or abort had failed. */
  readonly deadProducerUses: readonly string[];
  /** Of replicas: each session that was begun by who could not know that the stream was its own, each stream that not one of them runs. */
  readonly disputes: readonly string[];
}
