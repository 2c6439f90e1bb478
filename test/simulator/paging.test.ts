import { expect, test } from 'vitest';
import type { SimulatorOptions } from '../../simulator/options.ts';
import {
  ask,
  fingerprints,
  isAscending,
  type Query,
  readChain,
  simulate,
  timesOf,
  truthFingerprints,
} from './support.ts';

const chains: readonly [string, Partial<SimulatorOptions>, Query][] = [
  ['the default page size', {}, {}],
  ['pages of 100', {}, { limit: '100' }],
  ['pages of 1', { events: 60 }, { limit: '1' }],
  ['3000 events in each millisecond, pages of 1000', { events: 9_000, eventsPerMillisecond: 3_000 }, {}],
  ['ties over the edges of pages of 7', { events: 1_000, eventsPerMillisecond: 10 }, { limit: '7' }],
  [
    'consecutive full milliseconds',
    { events: 1_000, eventsPerMillisecond: 30, milliseconds: 'consecutive' },
    { limit: '100' },
  ],
  ['ties in a stable order', { events: 1_000, eventsPerMillisecond: 10, ties: 'stable' }, { limit: '7' }],
  ['all events in bulk changes', { burst: 1 }, { limit: '33' }],
  ['next_page until exhausted', { nextPage: 'until-exhausted' }, { limit: '100' }],
  ['next_page with limit only', { nextPage: 'with-limit' }, { limit: '100' }],
  ['no maximum limit', { maxLimit: 0 }, { limit: '2499' }],
  ['compressed answers', { gzip: true }, {}],
];

test.each(chains)(
  'a chain of offsets gives every event once, in time order: %s',
  async (_, options, query) => {
    const simulator = await simulate(options);
    const { events } = await readChain(simulator, query);
    expect(fingerprints(events).toSorted()).toEqual(truthFingerprints(simulator).toSorted());
    expect(isAscending(timesOf(events))).toBe(true);
  },
);

test('two chains see another order within a millisecond, and the same one where ties are stable', async () => {
  const gids = async (ties: 'shuffled' | 'stable') => {
    const simulator = await simulate({ events: 500, eventsPerMillisecond: 100, ties });
    const [one, two] = [await readChain(simulator), await readChain(simulator)];
    return [one, two].map(({ events }) => events.map((event) => event.gid).join());
  };
  const [[one, two], [three, four]] = [await gids('shuffled'), await gids('stable')];
  expect(one).not.toBe(two);
  expect(three).toBe(four);
});

test('keys come in another order from one answer to the next', async () => {
  const simulator = await simulate({ ties: 'stable' });
  const [one, two] = [await ask(simulator), await ask(simulator)];
  expect(fingerprints(one.events)).toEqual(fingerprints(two.events));
  expect(JSON.stringify(one.events)).not.toBe(JSON.stringify(two.events));
});

test('next_page names the endpoint under the base URL with the same query and the offset', async () => {
  const simulator = await simulate();
  const { nextPage, offset } = await ask(simulator, { limit: '5', event_type: 'task_deleted' });
  const uri = new URL(String(nextPage?.uri));
  expect(`${uri.origin}${uri.pathname}`).toBe(
    `${simulator.baseUrl}/workspaces/1201234567890123/audit_log_events`,
  );
  expect(Object.fromEntries(uri.searchParams)).toEqual({ limit: '5', event_type: 'task_deleted', offset });
  expect(simulator.baseUrl + nextPage?.path).toBe(uri.href);
});

test('next_page is null while nothing matches, and then there for ever, also on empty pages', async () => {
  const simulator = await simulate();
  expect((await ask(simulator, { event_type: 'no_such_type' })).nextPage).toBeNull();
  const { replies, offset } = await readChain(simulator);
  expect(replies.at(-1)?.events).toEqual([]);
  expect((await ask(simulator, { offset: offset ?? '' })).offset).toBeDefined();
});

test('next_page=with-limit leaves the field out where no limit was sent', async () => {
  const simulator = await simulate({ nextPage: 'with-limit' });
  const [without, withLimit] = [await ask(simulator), await ask(simulator, { limit: '10' })];
  expect([without.events.length, without.nextPage]).toEqual([1_000, undefined]);
  expect(withLimit.offset).toBeDefined();
});

test('next_page=until-exhausted is null on the last page, also when that page is full', async () => {
  const simulator = await simulate({ events: 200, nextPage: 'until-exhausted' });
  const { replies } = await readChain(simulator, { limit: '100' });
  expect(replies.map(({ events, nextPage }) => [events.length, nextPage === null])).toEqual([
    [100, false],
    [100, true],
  ]);
});

test.each(['0', '101', '-1', '1.5', 'ten', ''])('limit=%s is refused with 400', async (limit) => {
  const reply = await ask(await simulate(), { limit });
  expect([reply.status, reply.message]).toEqual([400, 'limit: Must be an integer between 1 and 100']);
});

test('parameters that the API does not know are ignored', async () => {
  const simulator = await simulate({ ties: 'stable' });
  const reply = await ask(simulator, { evnt_type: 'task_deleted', opt_pretty: 'true' });
  expect(fingerprints(reply.events)).toEqual(truthFingerprints(simulator).slice(0, 1_000));
});
