import { RefusedForGood } from '../asana/patient-client.ts';
import type { Clock } from '../clock.ts';
import type { Committer } from './committer.ts';
import type { StepOver } from './step-over.ts';
import { dueSweep, type SweepPorts, type SweepResult, sweep } from './sweep.ts';

// A sweep of an ordinary stream takes some seconds. One of which Asana refuses a question may take a day.
const PATIENCE_MS = 60_000;

type Ended = { readonly result: SweepResult } | { readonly failure: unknown };

/** Runs the sweeps of one session: one at a time, beside the live chain, and committed in its pauses. */
export class Sweeper {
  readonly #committer: Committer;
  readonly #clock: Clock;
  readonly #ports: SweepPorts;
  readonly #signal: AbortSignal;
  readonly #stepOver: StepOver;
  /** Until what it found is committed: another one would find it, too. */
  #underWay = false;
  #whenEnded: Promise<void> = Promise.resolve();
  #ended: Ended | undefined;

  constructor(
    committer: Committer,
    clock: Clock,
    ports: SweepPorts,
    stepOver: StepOver,
    signal: AbortSignal,
  ) {
    this.#committer = committer;
    this.#clock = clock;
    this.#ports = ports;
    this.#stepOver = stepOver;
    this.#signal = signal;
  }

  /**
   * A sweep that is due, before a chain starts, which may have a long way to go: to its end, but where that does not come, the chain is
   * not to wait for it.
   */
  async sweepNow(): Promise<void> {
    this.begin();
    const waited = new AbortController();
    const either = AbortSignal.any([this.#signal, waited.signal]);
    await Promise.race([this.#whenEnded, this.#clock.sleep(PATIENCE_MS, either).catch(() => {})]);
    waited.abort();
    await this.commitFound();
  }

  /** Begins a sweep where one is due and none is under way. */
  begin(): void {
    const { cursor } = this.#committer;
    const range = dueSweep(cursor, this.#clock.now(), this.#ports.options, this.#ports.endAtMs);
    if (this.#underWay || cursor === undefined || range === undefined) return;
    this.#underWay = true;
    this.#committer.beginSweep(range);
    const readable = { ...range, without: this.#committer.gaps };
    this.#whenEnded = sweep(cursor, readable, this.#ports, this.#signal).then(
      (result) => {
        this.#ended = { result };
      },
      (failure) => {
        this.#ended = { failure };
      },
    );
  }

  /** Commits what a sweep has found since the last call; throws what it failed with. */
  async commitFound(): Promise<void> {
    const ended = this.#ended;
    if (ended === undefined) return;
    this.#ended = undefined;
    this.#underWay = false;
    if ('failure' in ended) {
      const { failure } = ended;
      if (!(failure instanceof RefusedForGood)) throw failure;
      // The next sweep goes around it.
      return this.#stepOver(failure, failure.query.startAtMs, async () => true, this.#signal);
    }
    await this.#committer.commitSweep(ended.result);
  }
}
