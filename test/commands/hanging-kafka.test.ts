import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import type { Command, CommandContext } from '../../src/commands/command.ts';
import { offsets } from '../../src/commands/offsets.ts';
import { tail } from '../../src/commands/tail.ts';
import { verify } from '../../src/commands/verify.ts';
import { LEAST } from '../config/environment.ts';
import { FakeClock } from '../support/fake-clock.ts';

const CASES: [string, Command, string[]][] = [
  ['offsets get', offsets, ['get']],
  ['verify --ledger', verify, ['--ledger']],
  ['verify', verify, []],
  ['tail', tail, ['--from-beginning', '--until-end']],
];
const CLEAR_LINE = '\r\u001b[K';

/** A broker that takes connections and answers nothing. */
async function startMuteBroker() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { broker: `127.0.0.1:${port}`, asked: once(server, 'connection') };
}

async function start(command: Command, args: string[]) {
  const { broker, asked } = await startMuteBroker();
  const [stdout, terminal] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY: true })];
  const [clock, stop] = [new FakeClock(), new AbortController()];
  const context: CommandContext = {
    environment: { ...LEAST, KAFKA_BROKERS: broker },
    clock,
    random: () => 0.5,
    newId: () => '1',
    version: '1.2.3',
    hostName: 'host-1',
    stdout,
    stderr: terminal,
    signal: stop.signal,
  };
  const ended = command.main(args, context);
  return { broker, asked, clock, stop, ended, shown: () => String(terminal.read() ?? '') };
}

test.each(CASES)(
  '%s says in a terminal that it waits for Kafka, and ends with KAFKA_UNAVAILABLE after 30 s where that hangs',
  async (_what, command, args) => {
    const { broker, clock, ended, shown } = await start(command, args);
    await expect(clock.runUntilSettled(ended)).rejects.toMatchObject({
      code: 'KAFKA_UNAVAILABLE',
      message: expect.stringMatching(/no answer in 30 s/),
    });
    expect(clock.monotonicMs()).toBe(30_000);
    expect(shown()).toBe(`${CLEAR_LINE}waiting for Kafka at ${broker}${CLEAR_LINE}`);
  },
);

test.each(CASES)('%s ends at once when it is stopped while Kafka hangs', async (_what, command, args) => {
  const { asked, stop, ended, clock, shown } = await start(command, args);
  await asked;
  const reason = new Error('stopped by SIGTERM');
  stop.abort(reason);
  await expect(ended).rejects.toBe(reason);
  expect(clock.monotonicMs()).toBe(0);
  expect(shown().endsWith(CLEAR_LINE)).toBe(true);
});
