import { expect, test } from 'vitest';
import { waitUntil } from '../../dev/wait.ts';

test('a probe that throws or answers nothing is asked again', async () => {
  const answers = [() => Promise.reject(new Error('refused')), async () => undefined, async () => 'up'];

  const answer = await waitUntil(async () => answers.shift()?.(), {
    what: 'it',
    timeoutMs: 10_000,
    intervalMs: 1,
  });

  expect(answer).toBe('up');
});

test('when time is up it names what it waited for, and keeps the last error as the cause', async () => {
  const refused = new Error('refused');

  const wait = waitUntil(() => Promise.reject(refused), { what: 'the broker', timeoutMs: 20, intervalMs: 1 });

  await expect(wait).rejects.toMatchObject({
    message: 'gave up waiting for the broker after 20 ms',
    cause: refused,
  });
});

test('its caller’s signal ends it with the reason of that signal', async () => {
  const stop = new AbortController();
  const reason = new Error('stopped');

  const wait = waitUntil(async () => stop.abort(reason), {
    what: 'it',
    timeoutMs: 10_000,
    signal: stop.signal,
  });

  await expect(wait).rejects.toBe(reason);
});
