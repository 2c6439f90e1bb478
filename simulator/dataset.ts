/** One workspace's events as points in time: the backlog, what has happened since, and what is visible of it. */

import { type BacklogPlan, buildBacklog } from './backlog.ts';
import { planGroups } from './groups.ts';
import { MinHeap } from './min-heap.ts';
import { hashPair, type RandomStream, randomStream, toFraction } from './random.ts';
import type { Timeline } from './timeline.ts';

/** The switches that decide what happens from now on. */
export interface LiveSwitches {
  readonly rate: number;
  readonly burst: number;
  readonly eventsPerMillisecond: number;
  readonly lateShare: number;
  readonly lateByMs: number;
  readonly retentionMs: number;
}

/** Asana has no audit events from before 8 October 2021. */
const FIRST_EVENT_MS = Date.UTC(2021, 9, 8);
const PENDING = Number.POSITIVE_INFINITY;

export class Dataset {
  readonly timeline: Timeline;
  /** Events below this index never change their place or neighbours again. */
  readonly backlogLength: number;
  /** Late events in the order in which they became visible. */
  readonly arrived: number[] = [];
  readonly #seed: number;
  readonly #random: RandomStream;
  readonly #pending = new MinHeap<number>();
  /** Place in `arrived` of each late event, {@link PENDING} while it is not visible. */
  readonly #arrivalOf = new Map<number, number>();
  #nowMs: number;
  #nextGroupMs: number;

  constructor(plan: BacklogPlan, startMs: number) {
    this.timeline = buildBacklog(plan, startMs);
    this.backlogLength = this.timeline.length;
    this.#seed = plan.seed;
    this.#random = randomStream(hashPair(plan.seed, 0x11e));
    this.#nowMs = startMs;
    this.#nextGroupMs = startMs;
  }

  /** Lets everything happen that has happened until `nowMs`. A clock that goes back changes nothing. */
  advance(nowMs: number, switches: LiveSwitches): void {
    if (nowMs > this.#nowMs) this.#happen(nowMs, switches);
    while (this.#pending.smallestKey <= this.#nowMs) {
      const index = this.#pending.pop();
      if (index === undefined) break;
      this.#arrivalOf.set(index, this.arrived.push(index) - 1);
    }
  }

  /** Whether event `index` was visible when `arrivedCount` late events had arrived. */
  isVisible(index: number, arrivedCount: number): boolean {
    if (this.#arrivalOf.size === 0) return true;
    const arrival = this.#arrivalOf.get(index);
    return arrival === undefined || arrival < arrivedCount;
  }

  /** The first index that retention and the beginning of the audit log leave. */
  oldestIndex(nowMs: number, retentionMs: number): number {
    return this.timeline.firstAtOrAfter(Math.max(FIRST_EVENT_MS, nowMs - retentionMs));
  }

  get pendingCount(): number {
    return this.#arrivalOf.size - this.arrived.length;
  }

  #happen(nowMs: number, switches: LiveSwitches): void {
    const fromMs = this.#nowMs;
    this.#nowMs = nowMs;
    if (switches.rate <= 0) {
      this.#nextGroupMs = nowMs;
      return;
    }
    const groups = planGroups(switches.eventsPerMillisecond, switches.burst, this.#random);
    const meanGapMs = (groups.meanSize / switches.rate) * 1_000;
    // After a pause in which the rate was zero or much lower, the wait for the next group must not last from then.
    this.#nextGroupMs = Math.min(this.#nextGroupMs, fromMs + 20 * meanGapMs);
    while (this.#nextGroupMs <= nowMs) {
      const { size, isBulk } = groups.next();
      const timeMs = Math.floor(this.#nextGroupMs);
      for (let count = 0; count < size; count += 1) this.#appendLive(timeMs, isBulk, switches);
      const gapMs = -Math.log(1 - this.#random()) * meanGapMs;
      this.#nextGroupMs += switches.eventsPerMillisecond > 0 ? Math.max(1, gapMs) : gapMs;
    }
  }

  #appendLive(timeMs: number, isBulk: boolean, switches: LiveSwitches): void {
    const index = this.timeline.length;
    this.timeline.append(timeMs, isBulk);
    if (switches.lateShare <= 0) return;
    const hash = hashPair(hashPair(this.#seed, 0x1a7e), index);
    if (toFraction(hash) >= switches.lateShare) return;
    this.#arrivalOf.set(index, PENDING);
    this.#pending.push(timeMs + 1 + toFraction(hashPair(hash, 1)) * switches.lateByMs, index);
  }
}
