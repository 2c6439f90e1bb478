import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { orLate, orStopped, withDeadline } from '../src/deadline.ts';
import { FakeClock } from './support/fake-clock.ts';

const late = () => new Error('too late');
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('work that ends in time gives its result, and leaves neither a timer nor a listener', async () => {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const result = withDeadline(clock, 100, signal, late, async (limited) => {
    await clock.sleep(99, limited);
    return 'done';
  });
  expect(await clock.runUntilSettled(result)).toBe('done');
  expect(clock.monotonicMs()).toBe(99);
  expect(clock.sleepers).toBe(0);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('work that takes longer is aborted at the limit with the error of the caller', async () => {
  const clock = new FakeClock();
  const result = withDeadline(clock, 100, new AbortController().signal, late, untilAborted);
  await expect(clock.runUntilSettled(result)).rejects.toThrow('too late');
  expect(clock.monotonicMs()).toBe(100);
});

test('work is aborted with the reason of the outer signal, before or after it began', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const reason = new Error('stop');
  const result = expect(withDeadline(clock, 100, stop.signal, late, untilAborted)).rejects.toBe(reason);
  stop.abort(reason);
  await result;
  const after = withDeadline(clock, 100, stop.signal, late, async (limited) => limited.throwIfAborted());
  await expect(after).rejects.toBe(reason);
  expect(clock.sleepers).toBe(0);
});

test('an error of the work comes through as it is', async () => {
  const clock = new FakeClock();
  const error = new Error('mine');
  const result = withDeadline(clock, 100, new AbortController().signal, late, () => Promise.reject(error));
  await expect(result).rejects.toBe(error);
  expect(clock.sleepers).toBe(0);
});

test('what takes no signal is waited for as long as the limit, and no longer', async () => {
  const clock = new FakeClock();
  expect(await orLate(clock, 100, late, Promise.resolve('done'))).toBe('done');
  expect(clock.sleepers).toBe(0);
  await expect(orLate(clock, 100, late, Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  const error = clock.runUntilSettled(orLate(clock, 100, late, new Promise<never>(() => {})));
  await expect(error).rejects.toThrow('too late');
  expect(clock.monotonicMs()).toBe(100);
});

test('work that heeds no signal is left alone once that aborts; before, its result or error counts', async () => {
  const stop = new AbortController();
  expect(await orStopped(stop.signal, Promise.resolve('done'))).toBe('done');
  await expect(orStopped(stop.signal, Promise.reject(late()))).rejects.toThrow('too late');
  const waiting = orStopped(stop.signal, new Promise(() => {}));
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  await expect(orStopped(stop.signal, new Promise(() => {}))).rejects.toThrow('stopped');
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
});
