/** An operating system's process, as far as faults can do something to it: it is killed, or stopped and continued. */

import type { Clock } from '../../src/clock.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The step of a port call, or of a hand-over, at which a process can be made to die. */
export type CallStep = 'called' | 'answered';

export interface Trap {
  readonly operation: string;
  readonly step: CallStep;
  readonly spring: () => void;
}

/**
 * Whatever reaches the process from outside (an answer, the end of a sleep) goes through {@link deliver}: never again once it
 * is dead, later while it is stopped. What it has sent is out of its hands.
 */
export class SimulatedProcess implements Clock {
  readonly name: string;
  readonly #time: VirtualTime;
  readonly #trace: Trace;
  #wallOffsetMs: number;
  #state: 'running' | 'stopped' | 'dead' = 'running';
  #held: (() => void)[] = [];
  #trap: Trap | undefined;

  /** @param wallOffsetMs its clock's time at the beginning of the run, epoch milliseconds */
  constructor(name: string, time: VirtualTime, wallOffsetMs: number, trace: Trace) {
    this.name = name;
    this.#time = time;
    this.#wallOffsetMs = wallOffsetMs;
    this.#trace = trace;
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  now = (): number => Math.floor(this.#wallOffsetMs + this.#time.nowMs);

  monotonicMs = (): number => this.#time.nowMs;

  sleep = (delayMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const timer = this.#time.after(delayMs, () =>
        this.deliver(() => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        }),
      );
      const onAbort = () => {
        timer.cancel();
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });

  /** A wait inside of a client library, which heeds no signal. */
  pause = (delayMs: number): Promise<void> =>
    new Promise((resolve) => this.#time.after(delayMs, () => this.deliver(resolve)));

  deliver(action: () => void): void {
    if (this.#state === 'running') action();
    else if (this.#state === 'stopped') this.#held.push(action);
  }

  /** Runs one call of a port: noted, and a place to die at before it, and before its result arrives. */
  async call<Result>(operation: string, perform: () => Promise<Result>): Promise<Result> {
    this.#trace.note(`${this.name} ${operation}`);
    await this.#pass(operation, 'called');
    const result = await perform().catch(async (error: unknown) => {
      this.#trace.note(`${this.name} ${operation} failed: ${error instanceof Error ? error.message : error}`);
      await this.#pass(operation, 'answered');
      throw error;
    });
    await this.#pass(operation, 'answered');
    return result;
  }

  setTrap(trap: Trap): void {
    this.#trap = trap;
  }

  clearTrap(): void {
    this.#trap = undefined;
  }

  crash(): void {
    this.#trace.note(`${this.name} is killed`);
    this.#state = 'dead';
    this.#held = [];
  }

  stop(): void {
    if (this.#state !== 'running') return;
    this.#trace.note(`${this.name} is stopped`);
    this.#state = 'stopped';
  }

  /** All that has come meanwhile is delivered now, in an order that only the seed decides. */
  continue(): void {
    if (this.#state !== 'stopped') return;
    this.#trace.note(`${this.name} is continued`);
    this.#state = 'running';
    for (const action of this.#held.splice(0)) this.#time.after(0, () => this.deliver(action));
  }

  setWallClockBy(deltaMs: number): void {
    this.#trace.note(`${this.name} clock set by ${deltaMs} ms`);
    this.#wallOffsetMs += deltaMs;
  }

  /** A place to die at. What still runs of a process that has died here gets no further than to its next port call. */
  reach(operation: string, step: CallStep): void {
    const trap = this.#trap;
    if (trap === undefined || !operation.startsWith(trap.operation) || trap.step !== step) return;
    this.#trap = undefined;
    trap.spring();
  }

  /** Never resolves in a process that has just died here, and later in one that was stopped. */
  async #pass(operation: string, step: CallStep): Promise<void> {
    this.reach(operation, step);
    if (this.#state !== 'running') await new Promise<void>((resolve) => this.deliver(resolve));
  }
}
