import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';

const never = new AbortController().signal;

test('sleepers wake in the order of their times, and of falling asleep within one time', async () => {
  const clock = new FakeClock();
  const woken: [string, number][] = [];
  const sleep = async (name: string, delayMs: number) => {
    await clock.sleep(delayMs, never);
    woken.push([name, clock.monotonicMs()]);
  };
  const all = [sleep('late', 30), sleep('first of two', 10), sleep('second of two', 10), sleep('early', 5)];
  await clock.advance(30);
  await Promise.all(all);
  expect(woken).toEqual([
    ['early', 5],
    ['first of two', 10],
    ['second of two', 10],
    ['late', 30],
  ]);
});

test('who sleeps again while time advances wakes at the exact time', async () => {
  const clock = new FakeClock(1_000);
  const times: number[] = [];
  const ticking = (async () => {
    for (let i = 0; i < 4; i++) {
      await clock.sleep(25, never);
      times.push(clock.now());
    }
  })();
  await clock.advance(99);
  expect(times).toEqual([1_025, 1_050, 1_075]);
  await clock.advance(1);
  await ticking;
  expect(times).toEqual([1_025, 1_050, 1_075, 1_100]);
  expect(clock.sleepers).toBe(0);
});

test('an aborted sleep rejects with the reason of the signal, and is forgotten', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const reason = new Error('enough');
  const sleeping = expect(clock.sleep(10, stop.signal)).rejects.toBe(reason);
  stop.abort(reason);
  await sleeping;
  expect(clock.sleepers).toBe(0);
  await expect(clock.sleep(10, stop.signal)).rejects.toBe(reason);
});

test('a sleep that has ended leaves no listener on its signal', async () => {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const sleeping = clock.sleep(10, signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  await clock.advance(10);
  await sleeping;
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('setting the wall clock moves now() and neither durations nor sleepers', async () => {
  const clock = new FakeClock(5_000);
  clock.setWallClockBy(-4_000);
  expect([clock.now(), clock.monotonicMs()]).toEqual([1_000, 0]);
});
