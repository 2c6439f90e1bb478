import { expect, test } from 'vitest';
import {
  DAY_MS,
  EVERYTHING,
  kafkaDown,
  limited,
  MINUTE_MS,
  revoked,
  statusScene,
  unreachable,
} from './status-scene.ts';
import { position } from './watched.ts';

const STUCK_AFTER_MINUTES = 25;

/** Probes every ten seconds, as Kubernetes does; `step` is what happens in between. */
async function probeFor(scene: ReturnType<typeof statusScene>, minutes: number, step = () => {}) {
  for (let probe = 0; probe < minutes * 6; probe++) {
    scene.health.live();
    await scene.clock.advance(10_000);
    step();
  }
  return scene.health.live();
}

test('before its first session a process is live and not ready, with the reason', () => {
  const { health } = statusScene(['111', '222']);
  expect(health.live()).toEqual({ ok: true });
  expect(health.ready()).toEqual({
    ok: false,
    streams: { '111': 'starting', '222': 'starting' },
    reasons: {
      '111': expect.stringMatching(/^no session with Kafka yet, since \d{4}-/),
      '222': expect.stringMatching(/^no session/),
    },
  });
});

test('ready is when every stream holds a session: by its state, by its first commit, or as it begins to read', () => {
  const scene = statusScene(['111', '222', '333']);
  const [one, two, three] = scene.streams;
  one?.observer.positioned(position(scene.clock.now() - DAY_MS, { mode: 'catching-up', caughtUp: false }));
  if (two) scene.live(3, two);
  expect(scene.health.ready().ok).toBe(false);
  three?.observer.catchingUp('first-start', undefined);
  expect(scene.health.ready()).toEqual({
    ok: true,
    streams: { '111': 'catching-up', '222': 'live', '333': 'catching-up' },
  });
});

test('a halted stream makes the process not ready, says why and what to do, and leaves it live', async () => {
  const scene = statusScene(['111', '222']);
  for (const stream of scene.streams) scene.live(1, stream);
  scene.observer.halted(revoked());
  expect(scene.health.ready()).toMatchObject({
    ok: false,
    streams: { '111': 'halted', '222': 'live' },
    reasons: {
      '111': expect.stringMatching(/^ASANA_UNAUTHORIZED: Asana answered 401.*next step: put a valid/),
    },
  });
  const alive = await probeFor(scene, 3 * STUCK_AFTER_MINUTES, () => scene.live(0, scene.streams[1]));
  expect(alive).toEqual({ ok: true });
});

test('a stream that has lost its session is not ready until it holds one again', () => {
  const scene = statusScene();
  scene.live();
  scene.observer.sessionEnded(kafkaDown(), 500);
  scene.observer.sessionStarted('kafka_unavailable');
  expect(scene.health.ready()).toMatchObject({
    ok: false,
    reasons: { '111': expect.stringContaining('KAFKA_UNAVAILABLE: connecting: connect ECONNREFUSED') },
  });
  scene.observer.positioned(position(scene.clock.now()));
  expect(scene.health.ready().ok).toBe(true);
});

test('an outage of Kafka or of Asana, however long, leaves the process live; one of Asana leaves it ready', async () => {
  const kafka = statusScene();
  expect(await probeFor(kafka, 120, () => kafka.observer.sessionEnded(kafkaDown(), 500))).toEqual({
    ok: true,
  });
  const asana = statusScene();
  asana.live();
  expect(
    await probeFor(asana, 120, () => asana.requests.requestFailed(unreachable(), 9, 500, EVERYTHING)),
  ).toEqual({
    ok: true,
  });
  expect(asana.health.ready().ok).toBe(true);
});

test('a loop that makes no step for far longer than all its waits is found, by name; a step heals it', async () => {
  const scene = statusScene(['111', '222']);
  for (const stream of scene.streams) scene.live(1, stream);
  const alive = () => scene.live(0, scene.streams[1]);
  expect(await probeFor(scene, STUCK_AFTER_MINUTES - 3, alive)).toEqual({ ok: true });
  expect(await probeFor(scene, 6, alive)).toEqual({ ok: false, stuck: { '111': expect.any(Number) } });
  scene.requests.requestEnded(200, 5);
  expect(scene.health.live()).toEqual({ ok: true });
});

test('a process that was stopped for an hour has not been stuck: only what probes saw counts', async () => {
  const scene = statusScene();
  scene.live();
  scene.health.live();
  for (let stop = 0; stop < 10; stop++) {
    await scene.clock.advance(60 * MINUTE_MS);
    expect(scene.health.live()).toEqual({ ok: true });
  }
});

test('a stream that waits for the budget is as alive as the budget is', async () => {
  const scene = statusScene(['111', '222']);
  const held = {
    acquire: () => new Promise<void>(() => {}),
    answered: () => {},
    pausedUntilMs: 0,
    pauseUntil: (timeMs: number) => {
      held.pausedUntilMs = timeMs;
    },
    requestsOfLastMinute: () => 0,
    requestsPerMinute: 1_200,
  };
  void scene.status.watchBudget('111', held).acquire(new AbortController().signal);
  const other = scene.status.watchBudget('222', held);
  for (const stream of scene.streams) scene.live(1, stream);
  const paused = () => {
    other.pauseUntil(scene.clock.now() + MINUTE_MS);
    scene.streams[1]?.requests.requestFailed(limited(), 1, 500, EVERYTHING);
  };
  expect(await probeFor(scene, 2 * STUCK_AFTER_MINUTES, paused)).toEqual({ ok: true });
  const alone = () => scene.live(0, scene.streams[1]);
  expect(await probeFor(scene, 2 * STUCK_AFTER_MINUTES, alone)).toMatchObject({ ok: false });
});
