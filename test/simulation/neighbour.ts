/** Somebody else who writes to the same partitions: until his transaction ends, no reader sees what lies behind its beginning. */

import { rangeOf } from '../../src/byte-range.ts';
import type { KafkaClient, Transaction } from '../../src/kafka/client.ts';
import type { Dice } from './dice.ts';
import { SimulatedProcess } from './process.ts';
import { START_MS, type World } from './world.ts';

export interface Hold {
  readonly forMs: number;
  readonly result: 'commit' | 'abort';
}

const BATCHES = 4;

export async function holdTransaction(world: World, name: string, dice: Dice, hold: Hold): Promise<void> {
  const process = new SimulatedProcess(name, world.time, START_MS, world.trace);
  const client = world.connect(process, dice);
  try {
    const producer = await client.openProducer(name);
    const tx = await producer.begin();
    // In several batches, so that what others write comes to lie between them.
    for (let batch = 0; batch < BATCHES; batch++) {
      await sendNoise(world, client, tx, name, hold.result);
      await process.pause(hold.forMs / BATCHES);
    }
    await tx[hold.result]();
  } catch {
    // It met another fault; the coordinator ends what it has begun.
  }
}

async function sendNoise(
  { plan, time }: World,
  client: KafkaClient,
  tx: Transaction,
  name: string,
  result: Hold['result'],
): Promise<void> {
  const key = `${name}/cursor`;
  const noise = [{ key, value: rangeOf(Buffer.from(key)), timestampMs: Math.floor(START_MS + time.nowMs) }];
  for (let partition = 0; partition < plan.statePartitions; partition++)
    await tx.send('state', partition, noise);
  // Records of somebody else's have no place among the events, so they are only there to be aborted.
  const isAmongEvents = result === 'abort' && (await client.describeTopic('events')) !== undefined;
  if (isAmongEvents) await tx.send('events', 0, noise);
}
