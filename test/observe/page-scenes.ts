import {
  DAY_MS,
  EVERYTHING,
  kafkaDown,
  limited,
  MINUTE_MS,
  revoked,
  type StatusScene,
  statusScene,
  unreachable,
} from './status-scene.ts';
import { committed, position } from './watched.ts';

/** Two hours of a working day, with its waves; always the same. */
async function liveFor(scene: StatusScene, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    for (const [at, stream] of scene.streams.entries()) {
      const wave = 1 + Math.sin((minute + 7 * at) / 9) + 0.6 * Math.sin((minute * (at + 3)) / 2.3);
      scene.live(Math.max(0, Math.round(wave * 140)), stream);
    }
    await scene.clock.advance(MINUTE_MS);
  }
  for (const stream of scene.streams) {
    scene.live(0, stream);
    await ask(stream, 6);
  }
  await scene.clock.advance(4_000);
}

async function ask({ budget }: Pick<StatusScene, 'budget'>, requests: number): Promise<void> {
  for (let request = 0; request < requests; request++) {
    await budget.acquire(new AbortController().signal);
    budget.answered();
  }
}

export const gids = (number: number): string[] =>
  Array.from({ length: number }, (_, at) => String(1201234567890123 + 7919 * at));

/** So long ago that the end of the scene is about now. */
const started = (workspaces: readonly string[], minutes = 0) =>
  statusScene(workspaces, {}, minutes * MINUTE_MS);

export async function healthy(): Promise<StatusScene> {
  const scene = started(gids(1), 101);
  await liveFor(scene, 100);
  return scene;
}

export async function three(): Promise<StatusScene> {
  const scene = started(gids(3), 76);
  await liveFor(scene, 75);
  return scene;
}

export function empty(): StatusScene {
  return started(gids(1));
}

export async function catchingUp(): Promise<StatusScene> {
  const scene = started(gids(1));
  const fromMs = scene.clock.now() - 80 * DAY_MS;
  scene.observer.catchingUp('first-start', undefined);
  for (let second = 0; second < 150; second++) {
    scene.observer.committed(
      committed({ events: 18_000 + 3_000 * Math.round(Math.sin(second / 7)) }),
      position(fromMs + second * 0.34 * DAY_MS, { mode: 'catching-up', caughtUp: false }),
    );
    await ask(scene, 19);
    await scene.clock.advance(1_000);
  }
  return scene;
}

export async function halted(): Promise<StatusScene> {
  const scene = started(gids(3), 83);
  await liveFor(scene, 70);
  scene.streams[1]?.observer.halted(revoked());
  for (let minute = 0; minute < 12; minute++) {
    await scene.clock.advance(MINUTE_MS);
    for (const at of [0, 2]) scene.live(90 + 11 * minute, scene.streams[at]);
  }
  return scene;
}

export async function rateLimited(): Promise<StatusScene> {
  const scene = started(gids(1), 63);
  await liveFor(scene, 62);
  await ask(scene, 1_140);
  scene.requests.requestEnded(429, 50);
  scene.requests.requestFailed(limited(), 0, 500, EVERYTHING);
  scene.budget.pauseUntil(scene.clock.now() + 40_000);
  await scene.clock.advance(9_000);
  return scene;
}

export async function kafkaGone(): Promise<StatusScene> {
  const scene = started(gids(1), 65);
  await liveFor(scene, 61);
  for (let attempt = 0; attempt < 20; attempt++) {
    scene.observer.sessionEnded(kafkaDown(), 500);
    scene.observer.sessionStarted('kafka_unavailable');
    await scene.clock.advance(10_000);
  }
  return scene;
}

/** A hundred, of which some have everything that a stream can have. */
export async function many(): Promise<StatusScene> {
  const scene = started(gids(100), 31);
  await liveFor(scene, 30);
  const stream = (at: number) => scene.streams[at]?.observer;
  stream(57)?.halted(revoked());
  stream(12)?.sessionEnded(kafkaDown(), 500);
  scene.streams[88]?.requests.requestFailed(unreachable(), 5, 500, EVERYTHING);
  const gap = { fromMs: scene.clock.now() - 95 * DAY_MS, toMs: scene.clock.now() - 90 * DAY_MS };
  const now = position(scene.clock.now(), { completeToMs: scene.clock.now() });
  stream(31)?.committed(committed({ gaps: [{ ...gap, reason: 'deleted-by-asana' }] }), now);
  stream(40)?.committed(committed({ deadLetters: [{ reason: 'no-gid' }] }), now);
  stream(70)?.catchingUp('restart', scene.clock.now() - 3 * DAY_MS);
  const past = position(scene.clock.now() - 2 * DAY_MS, { mode: 'catching-up', caughtUp: false });
  stream(70)?.committed(committed({ events: 9_000 }), past);
  await scene.clock.advance(5_000);
  return scene;
}
