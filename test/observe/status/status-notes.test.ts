import { expect, test } from 'vitest';
import { TokenBudget } from '../../../src/asana/budget.ts';
import { DAY_MS, EVERYTHING, limited, revoked, statusScene, streamOf } from '../status-scene.ts';
import { committed, position } from '../watched.ts';

test('a halted stream is a concern for good, and the others are as they are', () => {
  const scene = statusScene(['111', '222']);
  for (const stream of scene.streams) scene.live(1, stream);
  scene.observer.halted(revoked());
  const [one, other] = scene.status.read().streams;
  expect(one).toMatchObject({ state: 'halted', lag_seconds: null, concerns: ['halted'] });
  expect(one?.last_error).toMatchObject({ ongoing: true, message: 'Asana answered 401 Unauthorized' });
  expect(other).toMatchObject({ state: 'live', concerns: [] });
});

test('what stands still and will soon be deleted is running out of time; a backlog that is read is not', () => {
  const scene = statusScene();
  scene.observer.positioned(
    position(scene.clock.now() - 85 * DAY_MS, { mode: 'catching-up', caughtUp: false }),
  );
  expect(streamOf(scene)).toMatchObject({ retention_headroom_seconds: 5 * 86_400, concerns: [] });
  scene.observer.halted(revoked());
  expect(streamOf(scene).concerns).toEqual(['halted', 'retention']);
});

test('a gap needs somebody for a day; a withdrawn one does not', async () => {
  const scene = statusScene();
  const gap = { fromMs: 0, toMs: DAY_MS, reason: 'deleted-by-asana' as const };
  scene.observer.committed(committed({ gaps: [gap] }), position(scene.clock.now()));
  expect(streamOf(scene)).toMatchObject({
    gaps: { count: 1, last: { from: '1970-01-01T00:00:00.000Z', to: '1970-01-02T00:00:00.000Z' } },
    concerns: ['gap'],
  });
  await scene.clock.advance(DAY_MS);
  scene.live();
  expect(streamOf(scene)).toMatchObject({ gaps: { count: 1 }, concerns: [] });
  scene.observer.gapFound({
    fromMs: undefined,
    toMs: undefined,
    reason: 'state-unreadable',
    message: 'secret',
  });
  expect(streamOf(scene).gaps.last).toMatchObject({ from: null, to: null });
  expect(JSON.stringify(scene.status.read())).not.toContain('secret');
  scene.observer.gapWithdrawn();
  expect(streamOf(scene)).toMatchObject({ gaps: { count: 0, last: null }, concerns: [] });
});

test('dead letters and late events are counted; dead letters are a note for a day', () => {
  const scene = statusScene();
  const letters = [{ reason: 'no-gid' }, { reason: 'no-gid' }];
  scene.observer.committed(committed({ late: 3, deadLetters: letters }), position(scene.clock.now()));
  expect(streamOf(scene)).toMatchObject({
    dead_letters: 2,
    late_events: 3,
    notes: ['dead-letters'],
    concerns: [],
  });
});

test('a 429 shows at once on the stream and its budget, for as long as Asana asks to wait', async () => {
  const scene = statusScene(['111', '222']);
  for (const stream of scene.streams) scene.live(1, stream);
  for (let request = 0; request < 3; request++) await scene.budget.acquire(new AbortController().signal);
  scene.requests.requestEnded(429, 5);
  scene.budget.pauseUntil(scene.clock.now() + 30_000);
  expect(scene.status.read()).toMatchObject({
    ok: true,
    streams: [{ notes: ['rate-limited'] }, { notes: ['rate-limited'] }],
    budgets: [
      {
        token: '1',
        streams: 2,
        requests_per_minute: 1_200,
        used_last_minute: 3,
        refused_last_minute: 1,
        waiting_until: new Date(scene.clock.now() + 30_000).toISOString(),
      },
    ],
  });
  await scene.clock.advance(30_000);
  expect(scene.status.read()).toMatchObject({ streams: [{ notes: [] }, { notes: [] }] });
  scene.requests.requestFailed(limited(), 0, 500, EVERYTHING);
  expect(streamOf(scene)).toMatchObject({ notes: ['rate-limited'], concerns: [] });
});

test('a wall clock that is set does not lengthen a wait, and streams with other tokens have budgets of their own', () => {
  const scene = statusScene(['111', '222'], { requestsPerMinute: 0 });
  const other = new TokenBudget(0, scene.clock, () => {});
  scene.status.watchBudget('222', other).pauseUntil(scene.clock.now() + 30_000);
  scene.clock.setWallClockBy(-3_600_000);
  const [first, second] = scene.status.read().budgets;
  expect(first).toMatchObject({ token: '1', requests_per_minute: null, waiting_until: null });
  expect(Date.parse(second?.waiting_until ?? '') - scene.clock.now()).toBe(30_000);
});

test('a finished stream is well, and has no lag', () => {
  const scene = statusScene();
  scene.live();
  scene.observer.finished();
  expect(streamOf(scene)).toMatchObject({ state: 'finished', lag_seconds: null, concerns: [] });
  expect(scene.status.read().ok).toBe(true);
});
