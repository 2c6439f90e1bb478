import { describe, test } from 'vitest';
import { readSchemaId } from '../../src/avro/wire-format.ts';
import { environmentFor, eventually, gidsOf, runConnector } from '../support/connector.ts';
import { keysIn, recordsOf, stateIn } from '../support/topic.ts';
import {
  type Command,
  NEWER_VERSION,
  newerConnector,
  WITH_A_FIELD,
  WITH_ANOTHER_STATE,
} from './newer-connector.ts';
import { simulate, startLive } from './scene.ts';

const UNTIL_CAUGHT_UP = ['run', '--until-caught-up'];
const older: Command = runConnector;

/** Ids of the schemas that the records of a topic of one partition were written with, one after the other. */
async function writersOf(topic: string): Promise<(number | undefined)[]> {
  const ids = (await recordsOf(topic)).map(({ value }) => readSchemaId(value ?? Buffer.alloc(0)));
  return ids.filter((id, at) => id !== ids[at - 1]);
}

// Side by side: most of the time is the start of processes, and each has topics of its own.
describe.concurrent('versions whose schemas differ by a field', () => {
  test.for([
    ['older, newer, and rolled back', ['older', 'newer', 'older']],
    ['newer first, so that the older one registers its schema behind it', ['newer', 'older']],
  ] as const)(
    'share topics and state, each event once, and each reads what both wrote: %s',
    async ([what, order], context) => {
      const { expect } = context;
      const newer = await newerConnector(WITH_A_FIELD);
      const source = await simulate(context, { events: 2_000, rate: 200 });
      const environment = environmentFor(`versions-${what.slice(0, 5)}`, source, {
        EVENTS_TOPIC_PARTITIONS: '1',
      });
      let written = 0;
      for (const [at, name] of order.entries()) {
        await eventually('there is something to write', () => gidsOf(source).length > written);
        if (at === order.length - 1) await source.change({ rate: 0 });
        const { exitCode, stderr } = await (name === 'newer' ? newer : older)(UNTIL_CAUGHT_UP, environment);
        expect(exitCode, stderr).toBe(0);
        written = (await keysIn(environment.EVENTS_TOPIC ?? '')).length;
      }

      const ids = await writersOf(environment.EVENTS_TOPIC ?? '');
      expect([ids.length, new Set(ids).size]).toEqual([order.length, 2]);
      expect(await keysIn(environment.EVENTS_TOPIC ?? '')).toEqual(gidsOf(source));
      for (const read of [older, newer]) {
        expect((await read(['verify'], environment)).stdout).toContain('  proven: ');
      }
    },
  );

  // Which of the two is left depends on who notices first. A restart that overlaps is all that this is meant for.
  test('at work at the same time, fence each other, and each event is there once', async (context) => {
    const { expect } = context;
    const newer = await newerConnector(WITH_A_FIELD);
    const source = await simulate(context, { events: 500, rate: 100 });
    const environment = environmentFor('beside', source);
    const running = await startLive(context, environment);
    await eventually('the older one commits', async () => (await keysIn('beside.events')).length >= 500);

    const beside = await newer(UNTIL_CAUGHT_UP, environment);

    expect((await running.log()) + beside.stderr).toContain('"code":"KAFKA_FENCED"');
    await running.stop(9_000);
    await source.change({ rate: 0 });
    expect((await newer(UNTIL_CAUGHT_UP, environment)).exitCode).toBe(0);
    expect(await keysIn('beside.events')).toEqual(gidsOf(source));
  });
});

test.concurrent('a state that a newer version wrote is refused by an older one, which says so and changes nothing; the newer goes on', async (context) => {
  const { expect } = context;
  const newer = await newerConnector(WITH_ANOTHER_STATE);
  const source = await simulate(context, { events: 300, rate: 50 });
  const environment = environmentFor('too-new', source);
  const cursorKey = 'too-new/1201234567890123/cursor';
  const message = `the state record ${cursorKey} is of version 3, written by asana-audit-kafka ${NEWER_VERSION}`;
  for (const run of [older, newer]) expect((await run(UNTIL_CAUGHT_UP, environment)).exitCode).toBe(0);
  const before = { events: await keysIn('too-new.events'), state: await stateIn('too-new.state') };
  const records = await recordsOf('too-new.state');

  const looked = await older(['offsets', 'get'], environment);
  expect(looked.exitCode).toBe(1);
  expect(looked.stdout).toContain(message);
  // To start anew is an operator's to decide: it says what that would do, and waits for --yes.
  expect((await older(['offsets', 'reset'], environment)).exitCode).toBe(2);
  expect(await recordsOf('too-new.state')).toEqual(records);

  const refused = await older(UNTIL_CAUGHT_UP, environment);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(message);
  expect(refused.stderr).toContain('(STATE_TOO_NEW)');
  expect(await keysIn('too-new.events')).toEqual(before.events);
  // The session that fences is all there is of it: no cursor, and no gap.
  const { session: _, ...after } = await byKind();
  expect(after).toEqual({ cursor: before.state.get(cursorKey) });

  await source.change({ rate: 0 });
  expect((await newer(UNTIL_CAUGHT_UP, environment)).exitCode).toBe(0);
  expect(await keysIn('too-new.events')).toEqual(gidsOf(source));

  async function byKind(): Promise<Record<string, unknown>> {
    const state = await stateIn('too-new.state');
    return Object.fromEntries([...state].map(([key, value]) => [key.split('/').at(-1), value]));
  }
});
