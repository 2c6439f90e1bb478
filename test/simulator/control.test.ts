import { expect, test } from 'vitest';
import type { Simulator } from '../../simulator/server.ts';
import { ask, fakeClock, simulate } from './support.ts';

const control = (simulator: Simulator, path: string, init?: RequestInit) =>
  fetch(new URL(`/simulator/${path}`, simulator.baseUrl), init);

const change = (simulator: Simulator, body: string) =>
  control(simulator, 'options', { method: 'POST', body });

const linesOf = async (response: Response): Promise<unknown[]> =>
  (await response.text()).split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)));

test('the truth is NDJSON of everything visible, in time order, without a token', async () => {
  const simulator = await simulate();
  const response = await control(simulator, 'truth');
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  const lines = await linesOf(response);
  expect(lines).toEqual([...simulator.truth()]);
  expect(lines).toHaveLength(2_500);
});

test('the truth can be asked for one workspace and a window, from inclusive, to exclusive', async () => {
  const simulator = await simulate({ workspaces: ['11', '22'], eventsPerMillisecond: 10 });
  const all = [...simulator.truth()].filter(({ workspace_gid }) => workspace_gid === '22');
  const [from, to] = [all[50]?.created_at ?? '', all[80]?.created_at ?? ''];
  const response = await control(simulator, `truth?workspace=22&from=${from}&to=${to}`);
  expect(await linesOf(response)).toEqual(all.slice(50, 80));
});

test('a bad window of the truth is refused', async () => {
  expect((await control(await simulate(), 'truth?from=yesterday')).status).toBe(400);
});

test('the status counts requests by status, refusals and visible events', async () => {
  const simulator = await simulate({ requestsPerMinute: 2 }, fakeClock());
  await ask(simulator);
  await ask(simulator, { limit: '0' });
  await ask(simulator);
  await ask(simulator, {}, { token: 'x' });
  const status = await (await control(simulator, 'status')).json();
  expect(status).toMatchObject({
    requests: 4,
    refused: 1,
    by_status: { 200: 1, 400: 1, 401: 1, 429: 1 },
    events_visible: 2_500,
    options: { events: 2_500, requestsPerMinute: 2 },
  });
});

test('switches change while the simulator runs, by option or flag name, durations as text', async () => {
  const simulator = await simulate();
  const response = await change(simulator, '{"offset-lifetime":"3s","faults":0.5,"nextPage":"with-limit"}');
  expect(response.status).toBe(200);
  expect(simulator.options).toMatchObject({ offsetLifetimeMs: 3_000, faults: 0.5, nextPage: 'with-limit' });
  expect(await response.json()).toEqual(simulator.options);
});

test('a new rate holds from now on, not for the past', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ events: 0, rate: 0 }, clock);
  clock.nowMs += 600_000;
  await change(simulator, '{"rate":10}');
  expect([...simulator.truth()]).toHaveLength(0);
  clock.nowMs += 60_000;
  expect(Math.abs([...simulator.truth()].length - 600)).toBeLessThan(300);
});

test.each([
  ['{"faults":2}', '--faults: expected a number from 0 to 1, got 2'],
  ['{"speed":1}', 'speed: not an option of the simulator'],
  ['{"events":5}', '--events: fixed while the simulator runs'],
  ['{"offsetLifetimeMs":"soon","rate":-1}', '--offset-lifetime: expected a duration'],
  ['[]', 'the body must be a JSON object'],
  ['{', 'the body is not JSON'],
])('a wrong change is refused and changes nothing: %s', async (body, problem) => {
  const simulator = await simulate();
  const before = simulator.options;
  const response = await change(simulator, body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringContaining(problem) }] });
  expect(simulator.options).toEqual(before);
});

test('another control path gets 404 that names the ones there are', async () => {
  const response = await control(await simulate(), 'nothing');
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('GET /simulator/truth');
});
