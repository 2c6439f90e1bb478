/** Replicas as processes, and what they say of their streams. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../dev/wait.ts';
import { type Environment, type Running, startRunning } from '../faults/connector.ts';
import { isReady, startsOf, statusOf } from '../support/replica.ts';

const LOOK_MS = 100;
// The first start of a hundred streams on a machine that has other work takes minutes.
const SETTLE_TIMEOUT_MS = 600_000;
const STOP_GRACE_MS = 9_000;

/** The replica that owns each stream and has committed for it, by stream. */
export type Owners = ReadonlyMap<string, Running>;

export class Fleet {
  readonly #environment: Environment;
  readonly #streams: number;
  readonly #folder: string;
  readonly #replicas = new Set<Running>();
  #started = 0;

  /** @param streams how many the group has */
  constructor(environment: Environment, streams: number, folder: string) {
    this.#environment = environment;
    this.#streams = streams;
    this.#folder = folder;
  }

  get replicas(): readonly Running[] {
    return [...this.#replicas];
  }

  async start(): Promise<Running> {
    const replica = await startRunning(
      this.#environment,
      join(this.#folder, `replica-${++this.#started}.log`),
    );
    this.#replicas.add(replica);
    return replica;
  }

  /** Starts one and waits until it says that it is ready, as a Deployment does. */
  async startReady(): Promise<void> {
    const replica = await this.start();
    await waitUntil(async () => (await isReady(replica)) || undefined, {
      what: 'a replica to be ready',
      timeoutMs: SETTLE_TIMEOUT_MS,
      intervalMs: LOOK_MS,
    });
  }

  /** Sends the signal and does not wait for the end. */
  end(replica: Running, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#replicas.delete(replica);
    replica.kill(signal);
  }

  async close(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop(STOP_GRACE_MS)));
  }

  /** Waits until every stream has committed where it is now, and the loads differ by at most `spread`. */
  async settled(spread: number): Promise<Owners> {
    const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
    for (;;) {
      const owners = await this.#owners();
      const loads = this.replicas.map(
        (replica) => [...owners.values()].filter((each) => each === replica).length,
      );
      if (owners.size === this.#streams && Math.max(...loads) - Math.min(...loads) <= spread) return owners;
      if (performance.now() > deadlineMs)
        throw new Error(`not settled: ${owners.size} of ${this.#streams} streams, loads ${loads.join()}`);
      await sleep(LOOK_MS);
    }
  }

  /** How often each stream was begun by the replica that owns it. */
  async sessions(owners: Owners): Promise<ReadonlyMap<string, number>> {
    const perReplica = new Map<Running, ReadonlyMap<string, number>>();
    for (const replica of this.replicas) perReplica.set(replica, await startsOf(replica));
    return new Map(
      [...owners].map(([stream, replica]) => [stream, perReplica.get(replica)?.get(stream) ?? 0]),
    );
  }

  async #owners(): Promise<Owners> {
    const owners = new Map<string, Running>();
    const looks = this.replicas.map(async (replica) => {
      for (const { stream, last_commit_at } of (await statusOf(replica))?.streams ?? [])
        if (last_commit_at !== null) owners.set(stream, replica);
    });
    await Promise.all(looks);
    return owners;
  }
}
