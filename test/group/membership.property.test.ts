import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConnectorError } from '../../src/errors.ts';
import { Confirmation } from '../../src/group/confirmation.ts';
import { Crew } from '../../src/group/crew.ts';
import { keepMembership } from '../../src/group/membership.ts';
import type { GroupPort } from '../../src/group/port.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { GroupModel } from './group-model.ts';

const HEARTBEAT_MS = 500;
const SESSION_MS = 10_000;
const REBALANCE_MS = 8_000;
const STREAMS = Array.from({ length: 7 }, (_, at) => `${at}.0`);
const partitionOf = (stream: string): number => Number(stream.split('.')[0]);
const lost = () => new ConnectorError('KAFKA_UNAVAILABLE', 'the connection broke');

/** Pseudo-random numbers from a seed, in [0, 1). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Replicas, and a coordinator whose sessions time out; a part of all questions, or of their answers, is lost. */
class Fleet {
  readonly clock = new FakeClock();
  readonly model = new GroupModel();
  readonly running = new Map<string, string>();
  readonly wrong: string[] = [];
  /** Replicas that the group has gone on without, until they have joined again: what they run is given to others. */
  readonly #expired = new Set<string>();
  readonly #nameOf = new Map<string, string>();
  lossRate = 0;
  readonly #random: () => number;
  readonly #seenMs = new Map<string, number>();
  #rebalancingSinceMs: number | undefined;
  #named = 0;
  readonly replicas = new Map<
    string,
    { stop: AbortController; cut: { dead: boolean }; ended: Promise<void> }
  >();

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  start(): void {
    const name = `r${this.#named++}`;
    const stop = new AbortController();
    const cut = { dead: false };
    const run = async (stream: string, signal: AbortSignal) => {
      if (cut.dead) return new Promise<void>(() => {});
      const holder = this.running.get(stream);
      if (holder !== undefined && !this.#expired.has(holder))
        this.wrong.push(`${stream} on ${holder} and ${name}`);
      if (signal.aborted) this.wrong.push(`${stream} begun on ${name} although it is to stop`);
      this.running.set(stream, name);
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await this.clock.sleep(this.#random() * 4_000, new AbortController().signal);
      if (this.running.get(stream) === name) this.running.delete(stream);
    };
    const crew = new Crew(
      Map.groupBy(STREAMS, partitionOf),
      { run, givenUp: () => {}, changed: () => {} },
      stop.signal,
    );
    const ended = keepMembership(
      { topic: 'state', partitionOf, streams: STREAMS, replica: name, heartbeatMs: HEARTBEAT_MS },
      {
        group: this.#port(name, cut),
        crew,
        confirmation: new Confirmation(),
        clock: this.clock,
        random: this.#random,
        observer: {
          joining: () => {},
          answered: () => {},
          assigned: () => this.#expired.delete(name),
          lost: () => {},
          failed: () => {},
        },
      },
      stop.signal,
    );
    this.replicas.set(name, { stop, cut, ended });
  }

  stop(at: number): void {
    const [name, replica] = [...this.replicas][at % this.replicas.size] ?? [];
    if (name === undefined || replica === undefined) return;
    this.replicas.delete(name);
    replica.stop.abort(new Error('stopped'));
  }

  /** It vanishes, with all that it runs. */
  kill(at: number): void {
    const [name, replica] = [...this.replicas][at % this.replicas.size] ?? [];
    if (name === undefined || replica === undefined) return;
    this.replicas.delete(name);
    replica.cut.dead = true;
    for (const [stream, holder] of this.running) if (holder === name) this.running.delete(stream);
  }

  /** Lets time pass; the coordinator finds who is silent. */
  async pass(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 250) {
      await this.clock.advance(250);
      const nowMs = this.clock.monotonicMs();
      const joining = this.model.joining;
      for (const id of joining) this.#seenMs.set(id, nowMs);
      for (const id of this.model.memberIds) {
        const seenMs = this.#seenMs.get(id) ?? nowMs;
        this.#seenMs.set(id, seenMs);
        if (nowMs - seenMs > SESSION_MS) this.#expire(id);
      }
      if (!this.model.isRebalancing) this.#rebalancingSinceMs = undefined;
      else this.#rebalancingSinceMs ??= nowMs;
      if (this.#rebalancingSinceMs !== undefined && nowMs - this.#rebalancingSinceMs > REBALANCE_MS) {
        for (const id of this.model.memberIds) if (!joining.includes(id)) this.#expire(id);
        this.#rebalancingSinceMs = nowMs;
      }
    }
  }

  #expire(id: string): void {
    const name = this.#nameOf.get(id);
    if (name !== undefined) this.#expired.add(name);
    this.model.expire(id);
  }

  #port(name: string, cut: { dead: boolean }): GroupPort {
    const ask = async <T>(id: string, question: () => Promise<T>): Promise<T> => {
      if (cut.dead) return new Promise<T>(() => {});
      if (this.#random() < this.lossRate) throw lost();
      const isAnswerLost = this.#random() < this.lossRate;
      this.#seenMs.set(id, this.clock.monotonicMs());
      this.#nameOf.set(id, name);
      const answer = await question();
      if (cut.dead) return new Promise<T>(() => {});
      if (isAnswerLost) throw lost();
      return answer;
    };
    return {
      join: (request) =>
        ask(request.memberId, async () => {
          const joined = await this.model.join(request);
          if (typeof joined !== 'string') this.#nameOf.set(joined.memberId, name);
          return joined;
        }),
      sync: (membership, assignments) =>
        ask(membership.memberId, () => this.model.sync(membership, assignments)),
      heartbeat: (membership) => ask(membership.memberId, () => this.model.heartbeat(membership)),
      leave: (memberId) => ask(memberId, () => this.model.leave(memberId)),
    };
  }
}

const step = fc.record({
  what: fc.constantFrom('start', 'start', 'stop', 'kill', 'lossy', 'calm') as fc.Arbitrary<
    'start' | 'stop' | 'kill' | 'lossy' | 'calm'
  >,
  at: fc.nat(9),
  thenMs: fc.integer({ min: 0, max: 6_000 }),
});

test('whatever replicas come, go and vanish, and whatever answers are lost: no stream is run twice, and in the end each is run once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(step, { minLength: 3, maxLength: 14 }), async (seed, steps) => {
      const fleet = new Fleet(seed);
      fleet.start();
      for (const { what, at, thenMs } of steps) {
        if (what === 'start' && fleet.replicas.size < 5) fleet.start();
        else if (what === 'lossy') fleet.lossRate = 0.15;
        else if (what === 'calm') fleet.lossRate = 0;
        else if (what === 'stop') fleet.stop(at);
        else if (what === 'kill') fleet.kill(at);
        await fleet.pass(thenMs);
      }
      fleet.lossRate = 0;
      if (fleet.replicas.size === 0) fleet.start();
      await fleet.pass(60_000);
      expect(fleet.wrong).toEqual([]);
      expect([...fleet.running.keys()].toSorted()).toEqual(STREAMS);
      const loads = [...fleet.replicas.keys()].map(
        (name) => [...fleet.running.values()].filter((holder) => holder === name).length,
      );
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      for (const name of fleet.running.values()) expect(fleet.replicas.has(name)).toBe(true);
      for (const { stop } of fleet.replicas.values()) stop.abort(new Error('the end'));
      await fleet.pass(10_000);
    }),
    { numRuns: 150 },
  );
}, 300_000);
