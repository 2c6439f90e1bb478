import { exec } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startChild } from '../../dev/process.ts';
import { canonicalJson } from '../../src/canonical-json.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../src/json.ts';
import { serveHttp } from '../asana/http-server.ts';
import { hostileEventTexts } from '../avro/event-texts.ts';
import { EXECUTABLE } from '../faults/connector.ts';
import { environmentFor, eventually, gidsOf, runConnector } from '../support/connector.ts';
import { putRecord } from '../support/topic.ts';
import { type Ending, simulate, startLive } from './scene.ts';

const UNTIL_CAUGHT_UP = ['run', '--until-caught-up'];
const WHOLE = ['tail', '--from-beginning', '--until-end'];
const linesOf = (stdout: string) => stdout.trimEnd().split('\n');

/** Events as they come from nobody's API, a second apart, with gids of their own. */
function hostileEvents(count: number): JsonObject[] {
  const startMs = Date.now() - 86_400_000;
  return fc.sample(hostileEventTexts, { numRuns: count, seed: 6 }).map((text, index) => {
    const event = parseJson(text);
    if (!isJsonObject(event)) throw new Error('an event is an object');
    event.gid = String(1_200_000_000_000_000 + index);
    event.created_at = new Date(startMs + 1_000 * index).toISOString();
    return event;
  });
}

/** A source that shows `events` on one page, and behind it nothing. */
async function serve(events: readonly JsonObject[]) {
  const { url } = await serveHttp((request, response) => {
    const query = new URL(request.url ?? '', 'http://source').searchParams;
    const [from, to] = [query.get('start_at') ?? '', query.get('end_at') ?? '~'];
    const shown = events.filter(({ created_at: at }) => String(at) >= from && String(at) < to);
    const data = query.has('offset') ? [] : shown.map((event) => JSON.stringify(event));
    response.end(`{"data":[${data.join()}],"next_page":{"offset":"end"}}`);
  });
  return url.href;
}

test('--json prints every event as the source sent it, hostile ones too, in time order', async (context) => {
  const source = await simulate(context);
  const events = hostileEvents(300);
  const environment = environmentFor('tail-hostile', source, { ASANA_BASE_URL: await serve(events) });
  expect((await runConnector(UNTIL_CAUGHT_UP, environment)).exitCode).toBe(0);

  const { exitCode, stdout, stderr } = await runConnector([...WHOLE, '--json'], environment);

  expect(stderr).toBe('');
  expect(linesOf(stdout)).toEqual(events.map(canonicalJson));
  // What makes them hostile is among them.
  expect(stdout).toMatch(/\\ud8[0-9a-f]{2}/);
  expect(stdout).toMatch(/\d{20}/);
  expect(exitCode).toBe(0);
});

test('one readable line an event without --json; filters choose; what is none of ours is said, and passed by', async (context) => {
  const source = await simulate(context, { events: 300 });
  const environment = environmentFor('tail-text', source, { EVENTS_TOPIC_PARTITIONS: '1' });
  await runConnector(UNTIL_CAUGHT_UP, environment);
  await putRecord('tail-text.events', 0, 'x', Buffer.from('not ours'));

  const whole = await runConnector(WHOLE, environment);
  const json = await runConnector([...WHOLE, '--json'], environment);
  const events = linesOf(json.stdout).map((line) => JSON.parse(line));
  const type = events[0].event_type;
  const some = await runConnector([...WHOLE, '--type', type], environment);
  const others = await runConnector([...WHOLE, '--workspace', '404'], environment);

  expect(linesOf(whole.stdout)).toHaveLength(300);
  expect(whole.stdout).not.toContain('\u001b');
  expect(whole.stderr).toBe(
    'tail-text.events-0@301 is no event of ours: not framed as 0, int32 schema id, Avro\n',
  );
  expect(linesOf(whole.stdout)[0]).toMatch(new RegExp(`^${events[0].created_at} {2}${type} `));
  expect(events.map(({ gid }) => gid).sort()).toEqual(gidsOf(source));
  expect(linesOf(some.stdout)).toHaveLength(events.filter(({ event_type }) => event_type === type).length);
  expect(others.stdout).toBe('');
});

test('--dead-letters prints what could not become a record, whole, with the reason', async (context) => {
  const source = await simulate(context, { events: 300, poison: 0.1 });
  const environment = environmentFor('tail-dead', source);
  await runConnector(UNTIL_CAUGHT_UP, environment);
  const json = await runConnector([...WHOLE, '--dead-letters', '--json'], environment);
  const text = await runConnector([...WHOLE, '--dead-letters'], environment);
  const letters = linesOf(json.stdout).map((line) => JSON.parse(line));
  expect(letters.length).toBeGreaterThan(5);
  expect(linesOf(text.stdout)).toHaveLength(letters.length);
  for (const letter of letters) {
    expect(letter.error_code).toMatch(/^[a-z-]+$/);
    expect(letter.event).toHaveProperty('event_type');
  }
  expect(text.stdout).toContain(letters[0].error_message);
});

test('a topic that is not there ends it with 1, and says what to do', async (context) => {
  const source = await simulate(context, { events: 1 });
  const { exitCode, stderr } = await runConnector(['tail'], environmentFor('tail-none', source));
  expect(stderr).toMatch(/tail-none\.events does not exist\n {2}TOPIC_MISSING; next step/);
  expect(exitCode).toBe(1);
});

async function startTail({ onTestFinished }: Ending, args: string[], env: Record<string, string>) {
  const logFile = join(await mkdtemp(join(tmpdir(), 'tail-')), 'log');
  const child = await startChild({ command: EXECUTABLE, args: ['tail', ...args], env, logFile });
  onTestFinished(async () => {
    await child.stop(1_000);
  });
  return { child, output: () => readFile(logFile, 'utf8') };
}

test('without --from-beginning it prints what comes from now on, from every partition, and Ctrl-C ends it with 0', async (context) => {
  const source = await simulate(context, { events: 300 });
  const environment = environmentFor('tail-live', source);
  const connector = await startLive(context, environment);
  await eventually('it is live', async () => (await connector.log()).includes('caught up'));
  const old = new Set(gidsOf(source));
  const { child, output } = await startTail(context, ['--json'], environment);
  await source.change({ rate: 20 });
  await eventually('events are printed', async () => linesOf(await output()).length > 40);

  child.kill('SIGINT');

  expect(await child.exited).toEqual({ code: 0, signal: null });
  const gids = linesOf(await output()).map((line) => JSON.parse(line).gid);
  expect(gids.filter((gid) => old.has(gid))).toEqual([]);
  expect(new Set(gids).size).toBe(gids.length);
});

test('a reader that has seen enough ends it, without a complaint', async (context) => {
  const source = await simulate(context, { events: 3_000 });
  const environment = environmentFor('tail-head', source);
  await runConnector(UNTIL_CAUGHT_UP, environment);
  const { stdout, stderr } = await promisify(exec)(`${EXECUTABLE} tail --from-beginning --json | head -n 2`, {
    env: { ...environment },
    timeout: 30_000,
  });
  expect(linesOf(stdout)).toHaveLength(2);
  expect(stderr).toBe('');
});
