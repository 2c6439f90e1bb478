import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { check } from '../../src/commands/check.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import { run } from '../../src/commands/run.ts';
import { LEAST } from '../config/environment.ts';
import { FakeClock } from '../support/fake-clock.ts';

function startingAt(startAt: string): CommandContext & { readonly stdout: PassThrough } {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const clock = new FakeClock();
  return {
    environment: { ...LEAST, KAFKA_BROKERS: '127.0.0.1:1', HTTP_PORT: '0', START_AT: startAt },
    clock,
    random: () => 0.5,
    newId: () => '1',
    version: '1.2.3',
    hostName: 'host-1',
    stdout: new PassThrough(),
    stderr: Object.assign(new PassThrough(), { isTTY: true }),
    signal: stop.signal,
  };
}

// It became the cursor: nothing until then was published, and correcting it had no effect.
test('run refuses a START_AT in the future', async () => {
  await expect(run.main([], startingAt('2999-01-01T00:00:00Z'))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/^START_AT: expected a time that is not in the future/),
  });
});

test('check finds a START_AT in the future', async () => {
  const context = startingAt('2999-01-01T00:00:00Z');
  expect(await check.main([], context)).toBe(2);
  expect(String(context.stdout.read())).toMatch(/^WRONG {3}Configuration: START_AT: /);
});
