/** What a row is given. */

import type { KafkaClient } from '../src/kafka/client.ts';
import type { Failure, Figure } from './figure.ts';
import type { Stage } from './stage.ts';

export interface BenchOptions {
  /** Runs or pairs of each figure. */
  readonly runs: number;
  /** Of a whole-path run. */
  readonly events: number;
  /** Of a run with an enforced quota, which has to last for more than a minute to mean anything. */
  readonly limitedEvents: number;
  /** Ten million events as well. */
  readonly big: boolean;
}

export interface Bench {
  readonly options: BenchOptions;
  readonly stage: Stage;
  /** To look into topics. */
  readonly reader: KafkaClient;
  /** A name that no other run has. */
  newRun(subject: string): string;
  say(line: string): void;
}

export interface RowResult {
  readonly figures: readonly Figure[];
  readonly failures: readonly Failure[];
}

/** One row of `make bench`. */
export type Row = (bench: Bench) => Promise<RowResult>;
