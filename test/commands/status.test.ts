import type { RequestListener } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import type { CommandContext } from '../../src/commands/command.ts';
import { status } from '../../src/commands/status.ts';
import { serveHttp } from '../asana/http-server.ts';
import * as scenes from '../observe/page-scenes.ts';
import type { StatusScene } from '../observe/status-scene.ts';
import { FakeClock } from '../support/fake-clock.ts';

async function run(args: string[], environment: CommandContext['environment'] = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const context: CommandContext = {
    environment,
    clock: new FakeClock(),
    random: () => 0,
    newId: () => '1',
    version: '1.2.3',
    hostName: 'host-1',
    stdout,
    stderr,
    signal: new AbortController().signal,
  };
  const exitCode = await status.main(args, context);
  return { exitCode, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

async function serve(scene: StatusScene): Promise<string> {
  const server = await scene.serve();
  onTestFinished(() => server.close());
  return server.url;
}

test.each<[string, () => StatusScene | Promise<StatusScene>, number, RegExp[]]>([
  [
    'a healthy one',
    scenes.healthy,
    0,
    [/^All is well\. Caught up as of 4 s ago\.\n/, / Live +Caught up/, /budget: /],
  ],
  [
    'one that catches up',
    scenes.catchingUp,
    0,
    [/^Well, and catching up\. 63 % of 80 days, about/, /since the start/],
  ],
  [
    'one that is rate-limited',
    scenes.rateLimited,
    0,
    [/^Asana limits the rate\./, /waiting for another 31 s/],
  ],
  ['one that starts', scenes.empty, 1, [/^Starting/, /Opening a session with Kafka/]],
  [
    'one without Kafka',
    scenes.kafkaGone,
    1,
    [/^There is no session with Kafka\./, /KAFKA_UNAVAILABLE, since 20/, /next step: it is tried again/],
  ],
  [
    'one with a halted stream',
    scenes.halted,
    1,
    [
      /^1 of 3 streams needs attention/,
      /Halted +Stopped 12 min ago: Asana answered 401/,
      /next step: put a valid/,
    ],
  ],
])('of %s it prints a text and the exit code', async (_what, make, exitCode, texts) => {
  const url = await serve(await make());
  const result = await run(['--url', url]);
  for (const text of texts) expect(result.stdout).toMatch(text);
  expect(result).toMatchObject({ exitCode, stderr: '' });
});

test('with many streams the troubled ones are first, and of gaps and dead letters it says how to see them', async () => {
  const { stdout } = await run(['--url', await serve(await scenes.many())]);
  expect(stdout).toMatch(/ 1 gap since the start: Events may .*\n +next step: asana-audit-kafka offsets get/);
  expect(stdout).toMatch(
    / 1 dead letter since the start\n +next step: asana-audit-kafka tail --dead-letters/,
  );
  const states = stdout.match(/(?<=^ {2}\d{16} {2})\S+/gm);
  expect(states).toHaveLength(100);
  expect(states?.slice(0, 4)).toEqual(['Halted', 'Gap', 'Reconnecting', 'No']);
});

test('--json prints what the connector says, and the exit code is the same', async () => {
  const scene = await scenes.halted();
  const { exitCode, stdout } = await run(['--json', '--url', await serve(scene)]);
  expect(JSON.parse(stdout)).toEqual(scene.status.read());
  expect(exitCode).toBe(1);
});

test('without --url it asks where HTTP_HOST and HTTP_PORT say, and needs no other variable', async () => {
  const { port } = new URL(await serve(scenes.empty()));
  for (const host of ['127.0.0.1', '0.0.0.0'])
    expect((await run([], { HTTP_HOST: host, HTTP_PORT: port })).stdout).toMatch(/^Starting/);
});

test('where nobody listens it says so, and what to do', async () => {
  const { exitCode, stderr } = await run(['--url', 'http://127.0.0.1:1']);
  expect(stderr).toMatch(
    /no connector can be asked on http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED.*\n {2}next step: start it/,
  );
  expect(exitCode).toBe(1);
});

test.each<[string, RequestListener]>([
  ['another page', (_, response) => response.end('<h1>It works</h1>')],
  ['other JSON', (_, response) => response.end('{"status":"UP"}')],
  ['null', (_, response) => response.end('null')],
  ['a 404', (_, response) => response.writeHead(404).end()],
  ['a redirect', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
])('where %s answers, that is not the connector', async (_what, listener) => {
  const { url } = await serveHttp(listener);
  const { exitCode, stderr } = await run(['--url', url.href]);
  expect(stderr).toMatch(/is not this connector.*\n {2}next step: check HTTP_HOST/);
  expect(exitCode).toBe(1);
});

test.each<[string, string[], CommandContext['environment'], RegExp]>([
  ['no URL', ['--url', 'localhost'], {}, /--url: expected one like/],
  ['another scheme', ['--url', 'ftp://127.0.0.1'], {}, /--url: expected one like/],
  ['a password', ['--url', 'http://me:secret@127.0.0.1'], {}, /^(?!.*secret).*--url/],
  ['a port that is none', [], { HTTP_PORT: 'x' }, /HTTP_PORT: expected/],
  ['any free port', [], { HTTP_PORT: '0' }, /give --url/],
  ['an unknown option', ['--wait'], {}, /--wait/],
])('%s is a wrong command line', async (_what, args, environment, message) => {
  await expect(run(args, environment)).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(message),
  });
});
