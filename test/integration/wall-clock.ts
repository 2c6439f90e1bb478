/**
 * Loaded into the connector before anything else (`node --import`): a wall clock that a test sets forward and back while the
 * process runs, as NTP or an operator would. The file that WALL_CLOCK_FILE names holds how far it is ahead, in milliseconds,
 * and how much it gains a second.
 */

import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 50;

const file = process.env.WALL_CLOCK_FILE ?? '';
const rightNow = Date.now;
let lookedMs = Number.NEGATIVE_INFINITY;
let aheadMs = 0;
let gainMs = 0;

function now(): number {
  const monotonicMs = performance.now();
  if (monotonicMs - lookedMs > LOOK_EVERY_MS) {
    lookedMs = monotonicMs;
    [aheadMs = 0, gainMs = 0] = readFileSync(file, 'utf8').split(' ').map(Number);
  }
  return Math.round(rightNow() + aheadMs + (gainMs * monotonicMs) / 1_000);
}

globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
