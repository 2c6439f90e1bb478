/** None of them is to throw: see {@link Crew.broken}. */
export interface CrewPorts {
  /** Runs a stream to its end, or until the signal aborts. */
  run(stream: string, signal: AbortSignal): Promise<void>;
  /** It is not this replica's any more. */
  givenUp(stream: string): void;
  /** Other streams run than did, here or on another replica. */
  changed(running: ReadonlySet<string>): void;
}

interface Held {
  readonly giveUp: AbortController;
  /** Of its streams, and after the signal also once nothing of them goes on. */
  readonly ended: Promise<void>;
}

/**
 * The streams that this replica runs, by the partition of the state topic that they belong to.
 *
 * One whose partition stays is not touched. One whose partition goes is stopped between two transactions; only when nothing of it
 * goes on is the partition given up. A stream that has ended by itself is not begun again while its partition stays.
 */
export class Crew {
  readonly #streamsOf: ReadonlyMap<number, readonly string[]>;
  readonly #ports: CrewPorts;
  readonly #signal: AbortSignal;
  readonly #broken = new AbortController();
  readonly #held = new Map<number, Held>();
  readonly #running = new Set<string>();
  #assigned: ReadonlySet<number> = new Set();

  /**
   * @param streamsOf the streams of each partition that has any
   * @param signal stops all, as fast as they can
   */
  constructor(streamsOf: ReadonlyMap<number, readonly string[]>, ports: CrewPorts, signal: AbortSignal) {
    this.#streamsOf = streamsOf;
    this.#ports = ports;
    this.#signal = signal;
  }

  /** Partitions of which something may go on. */
  get partitions(): number[] {
    return [...this.#held.keys()];
  }

  /**
   * Aborts with what a port has thrown: a defect, and this replica is to end. It goes on being counted and given up as if nothing had
   * been: nobody waits for each of the streams, and an error that nobody takes would end the process in the middle of all.
   */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Runs the streams of these partitions and no others. Resolves once the others are given up; never throws. */
  async take(partitions: Iterable<number>): Promise<void> {
    this.#assigned = new Set(partitions);
    // What others run counts too, also where nothing begins or ends here.
    this.#tellChanged();
    const leaving = [...this.#held].flatMap(([partition, held]) =>
      this.#assigned.has(partition) ? [] : [held],
    );
    for (const { giveUp } of leaving) giveUp.abort(new Error('the stream was given to another replica'));
    for (const partition of this.#assigned) if (!this.#held.has(partition)) this.#begin(partition);
    await Promise.all(leaving.map(({ ended }) => ended));
  }

  /** Nothing begins any more once all is to stop: the assignment to a join may come after that. */
  #begin(partition: number): void {
    if (this.#signal.aborted) return;
    const giveUp = new AbortController();
    const signal = AbortSignal.any([this.#signal, giveUp.signal]);
    const streams = this.#streamsOf.get(partition) ?? [];
    for (const stream of streams) this.#running.add(stream);
    this.#tellChanged();
    const runs = streams.map((stream) => this.#run(stream, signal));
    const ended = Promise.all([...runs, aborted(signal)]).then(() => this.#giveUp(partition, streams));
    this.#held.set(partition, { giveUp, ended });
  }

  async #run(stream: string, signal: AbortSignal): Promise<void> {
    await this.#try(() => this.#ports.run(stream, signal));
    this.#running.delete(stream);
    this.#tellChanged();
  }

  #giveUp(partition: number, streams: readonly string[]): void {
    this.#held.delete(partition);
    for (const stream of streams) void this.#try(() => this.#ports.givenUp(stream));
    // It was given back while it was being stopped.
    if (this.#assigned.has(partition)) this.#begin(partition);
  }

  #tellChanged(): void {
    void this.#try(() => this.#ports.changed(this.#running));
  }

  async #try(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#broken.abort(thrown);
    }
  }
}

/** Resolves once it has. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
