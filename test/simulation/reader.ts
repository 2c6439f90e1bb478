/** Somebody who reads the events topic while it is being written, as a stream processor would: read_committed, for ever. */

import { Dice } from './dice.ts';
import { SimulatedProcess } from './process.ts';
import { topicOptions } from './topics.ts';
import { START_MS, type World } from './world.ts';

const PURPOSE = 8;
const POLL_MS = 20_000;

export interface Reading {
  readonly partition: number;
  /** `offset key` of each record, in the order in which it came. */
  readonly seen: string[];
  /** Where it reads on. */
  next: number;
}

export function startReader(world: World, signal: AbortSignal): readonly Reading[] {
  const process = new SimulatedProcess('reader', world.time, START_MS, world.trace);
  const client = world.connect(process, new Dice(world.plan.seed, PURPOSE), POLL_MS);
  const { eventsTopic, eventsPartitions } = topicOptions(world.plan);
  return Array.from({ length: eventsPartitions }, (_, partition): Reading => {
    const reading: Reading = { partition, seen: [], next: 0 };
    const read = async () => {
      while (!signal.aborted) {
        try {
          for await (const batch of client.fetchCommitted(eventsTopic, partition, reading.next, signal)) {
            for (const { offset, key } of batch.records) reading.seen.push(`${offset} ${key}`);
            reading.next = batch.nextOffset;
          }
        } catch {
          // The topic is not there yet, or no broker answers: later again, from where it was.
          await process.pause(POLL_MS);
        }
      }
    };
    void read();
    return reading;
  });
}
