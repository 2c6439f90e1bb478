import { expect, test } from 'vitest';
import { ConnectorError } from '../../../src/errors.ts';
import {
  DAY_MS,
  EVERYTHING,
  kafkaDown,
  MINUTE_MS,
  statusScene,
  streamOf,
  unreachable,
} from '../status-scene.ts';
import { committed, position } from '../watched.ts';

test('before anything happens, a stream is starting, and nothing is known of it', () => {
  const scene = statusScene();
  expect(scene.status.read()).toMatchObject({ version: '1.2.3', connector_name: 'asana-audit', ok: false });
  expect(streamOf(scene)).toEqual({
    stream: '111',
    state: 'starting',
    no_session_since: expect.stringMatching(/Z$/),
    lag_seconds: null,
    complete_as_of: null,
    position: null,
    last_commit_at: null,
    committing_since: null,
    progress: null,
    events_per_second: 0,
    events_committed: 0,
    retention_headroom_seconds: null,
    last_error: null,
    gaps: { count: 0, last: null },
    dead_letters: 0,
    last_dead_letter_at: null,
    late_events: 0,
    rate_per_minute: [0],
    budget: '1',
    concerns: [],
    notes: [],
  });
});

test('a live stream has its position, no lag, its counts and its rate, and is well', async () => {
  const scene = statusScene();
  await scene.clock.advance(MINUTE_MS);
  scene.live(120);
  expect(streamOf(scene)).toMatchObject({
    state: 'live',
    lag_seconds: 0,
    position: new Date(scene.clock.now() - 2_000).toISOString(),
    complete_as_of: new Date(scene.clock.now()).toISOString(),
    retention_headroom_seconds: 90 * 86_400,
    events_committed: 120,
    events_per_second: expect.closeTo(2, 0),
    concerns: [],
  });
  expect(scene.status.read().ok).toBe(true);
});

test('catching up has its progress and the time left, and is well', async () => {
  const scene = statusScene();
  const fromMs = scene.clock.now() - 80 * DAY_MS;
  scene.observer.catchingUp('first-start', undefined);
  expect(streamOf(scene)).toMatchObject({ state: 'catching-up', progress: null });
  for (let second = 0; second <= 20; second++) {
    scene.observer.committed(
      committed({ events: 1_000 }),
      position(fromMs + second * 2 * DAY_MS, { mode: 'catching-up', caughtUp: false }),
    );
    await scene.clock.advance(1_000);
  }
  const { state, progress, lag_seconds } = streamOf(scene);
  expect(state).toBe('catching-up');
  expect(progress).toMatchObject({ done_ratio: 0.5, seconds_left: expect.closeTo(20, 0) });
  expect(lag_seconds).toBeCloseTo(40 * 86_400, -2);
  expect(scene.status.read().ok).toBe(true);
});

test('a quiet stream whose offset is refused at each poll stays live', () => {
  const scene = statusScene();
  const hourAgoMs = scene.clock.now() - 60 * MINUTE_MS;
  scene.observer.committed(committed(), position(hourAgoMs, { completeToMs: scene.clock.now() }));
  scene.observer.catchingUp('offset-refused', hourAgoMs);
  expect(streamOf(scene).state).toBe('live');
});

test('after a long outage a stream is catching up from the moment it says so, whatever its state record says', () => {
  const scene = statusScene();
  scene.observer.positioned(position(scene.clock.now() - 3 * DAY_MS, { caughtUp: false }));
  scene.observer.catchingUp('restart', scene.clock.now() - 3 * DAY_MS);
  expect(streamOf(scene)).toMatchObject({ state: 'catching-up', progress: { done_ratio: 0 } });
});

test('a lost session is a concern with its cause until one is held again, and then a former error', async () => {
  const scene = statusScene();
  scene.live();
  const lostAt = new Date(scene.clock.now()).toISOString();
  for (let attempt = 0; attempt < 3; attempt++) {
    scene.observer.sessionEnded(kafkaDown(), 500);
    scene.observer.sessionStarted('kafka_unavailable');
    await scene.clock.advance(10_000);
  }
  expect(streamOf(scene)).toMatchObject({
    state: 'starting',
    no_session_since: lostAt,
    lag_seconds: null,
    last_error: { code: 'KAFKA_UNAVAILABLE', since: lostAt, ongoing: true, next_step: kafkaDown().nextStep },
    concerns: ['no-session'],
  });
  expect(scene.status.read().ok).toBe(false);
  scene.observer.positioned(position(scene.clock.now()));
  expect(streamOf(scene)).toMatchObject({ state: 'live', last_error: { ongoing: false }, concerns: [] });
});

test('a first session that takes long is a concern, although nothing has failed', async () => {
  const scene = statusScene();
  await scene.clock.advance(2 * MINUTE_MS);
  expect(streamOf(scene).concerns).toEqual([]);
  await scene.clock.advance(1_000);
  expect(streamOf(scene).concerns).toEqual(['no-session']);
});

test('two failed requests are nobody’s business; from the third on Asana fails, until it answers or a commit shows it', () => {
  const scene = statusScene();
  scene.live();
  for (const attempt of [0, 1]) scene.requests.requestFailed(unreachable(), attempt, 500, EVERYTHING);
  expect(streamOf(scene).last_error).toBeNull();
  scene.requests.requestFailed(unreachable(), 2, 500, EVERYTHING);
  expect(streamOf(scene)).toMatchObject({ state: 'live', concerns: ['asana-failing'] });
  scene.requests.requestRecovered(3);
  expect(streamOf(scene)).toMatchObject({ last_error: { ongoing: false }, concerns: [] });
  scene.requests.requestFailed(unreachable(), 2, 500, EVERYTHING);
  scene.live();
  expect(streamOf(scene).concerns).toEqual([]);
});

test('a refused offset is no failure: the stream catches up, and says so', () => {
  const scene = statusScene();
  scene.live();
  const refused = new ConnectorError('ASANA_OFFSET_REFUSED', 'Asana answered 400: offset');
  scene.requests.requestFailed(refused, 5, undefined, EVERYTHING);
  expect(streamOf(scene)).toMatchObject({ last_error: null, concerns: [] });
});

test('a live stream of which nothing is heard for minutes is behind, and its lag is not known', async () => {
  const scene = statusScene();
  scene.live();
  await scene.clock.advance(5 * MINUTE_MS);
  expect(streamOf(scene)).toMatchObject({ lag_seconds: 0, concerns: [] });
  await scene.clock.advance(1_000);
  expect(streamOf(scene)).toMatchObject({ lag_seconds: null, concerns: ['behind'] });
});

test('a commit that Kafka does not confirm is a concern after a while, live or not, and none once it is', async () => {
  const scene = statusScene();
  scene.observer.catchingUp('restart', scene.clock.now() - 3 * DAY_MS);
  scene.observer.pageRead(scene.clock.now() - 3 * DAY_MS);
  await scene.clock.advance(20_000);
  expect(streamOf(scene).concerns).toEqual([]);
  await scene.clock.advance(1_000);
  expect(streamOf(scene).concerns).toEqual(['unconfirmed']);
  scene.live();
  expect(streamOf(scene).concerns).toEqual([]);
  scene.observer.pageRead(undefined);
  await scene.clock.advance(21_000);
  expect(streamOf(scene).concerns).toEqual(['unconfirmed']);
  scene.observer.sessionEnded(kafkaDown(), 500);
  expect(streamOf(scene)).toMatchObject({ committing_since: null, concerns: ['no-session'] });
});

test('catching up that does not get on for minutes is a concern, although nothing fails', async () => {
  const scene = statusScene();
  scene.observer.catchingUp('restart', scene.clock.now() - 3 * DAY_MS);
  const past = position(scene.clock.now() - 2 * DAY_MS, { mode: 'catching-up', caughtUp: false });
  scene.observer.committed(committed(), past);
  await scene.clock.advance(5 * MINUTE_MS + 1_000);
  expect(streamOf(scene)).toMatchObject({ state: 'catching-up', concerns: ['behind'] });
});

test('a rare poll is no reason to be behind', async () => {
  const scene = statusScene(['111'], { pollIntervalMs: 60 * MINUTE_MS });
  scene.live();
  await scene.clock.advance(61 * MINUTE_MS);
  expect(streamOf(scene).concerns).toEqual([]);
});

test('one refused question is shown with the time at which it will be skipped', () => {
  const scene = statusScene();
  scene.live();
  const skipAtMs = scene.clock.now() + DAY_MS;
  scene.observer.refused(new ConnectorError('ASANA_SERVER_ERROR', 'Asana answered 500: no'), skipAtMs);
  scene.requests.requestFailed(
    new ConnectorError('ASANA_SERVER_ERROR', 'Asana answered 500: no'),
    4,
    500,
    EVERYTHING,
  );
  expect(streamOf(scene)).toMatchObject({
    last_error: {
      message: 'Asana answered 500 Internal Server Error',
      skip_at: new Date(skipAtMs).toISOString(),
    },
    concerns: ['asana-failing'],
  });
});
