/** Whether a topic holds exactly what the source served: each event once, none invented, in time order within a partition. */

import type { KafkaClient } from '../src/kafka/client.ts';
import { readToEnd } from '../src/kafka/read-to-end.ts';
import { readGid } from './source/template.ts';

export interface Served {
  readonly workspaces: number;
  /** Of each workspace. */
  readonly events: number;
}

/** Marks off events one by one; what is wrong is told by {@link problems}. */
export class ClosedCount {
  readonly #served: Served;
  readonly #seen: Uint8Array;
  readonly #youngestMs = new Map<number, number>();
  #invented = 0;
  #duplicated = 0;
  #outOfOrder = 0;
  #records = 0;

  constructor(served: Served) {
    this.#served = served;
    this.#seen = new Uint8Array(served.workspaces * served.events);
  }

  /** `stream`: those of one have to be in time order. */
  add(gid: string, stream: number, timestampMs: number): void {
    this.#records += 1;
    if (timestampMs < (this.#youngestMs.get(stream) ?? 0)) this.#outOfOrder += 1;
    this.#youngestMs.set(stream, timestampMs);
    const { workspaces, events } = this.#served;
    const { workspace = -1, index = -1 } = readGid(gid) ?? {};
    if (workspace < 0 || workspace >= workspaces || index < 0 || index >= events) {
      this.#invented += 1;
      return;
    }
    const place = workspace * events + index;
    if (this.#seen[place] === 1) this.#duplicated += 1;
    this.#seen[place] = 1;
  }

  /** Empty where everything adds up. */
  problems(): string[] {
    const missing = this.#seen.reduce((sum, seen) => sum + 1 - seen, 0);
    const found: [string, number][] = [
      ['missing', missing],
      ['there twice', this.#duplicated],
      ['invented', this.#invented],
      ['before an older one of their partition', this.#outOfOrder],
    ];
    return found
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${count} of ${this.#records} records ${what}`);
  }
}

/** Throws where the topic does not add up. */
export async function checkClosedCount(kafka: KafkaClient, topic: string, served: Served): Promise<void> {
  const count = new ClosedCount(served);
  for await (const { key, partition, timestampMs } of readToEnd(kafka, topic, new AbortController().signal)) {
    const gid = String(key);
    // A partition holds several workspaces, each of which keeps its own order.
    const workspace = readGid(gid)?.workspace ?? 0;
    count.add(gid, workspace * 1_000 + partition, timestampMs);
  }
  const problems = count.problems();
  if (problems.length > 0) throw new Error(`${topic} does not add up: ${problems.join('; ')}`);
}
