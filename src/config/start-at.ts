import { isoTime } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { Settings } from './settings.ts';

// A clock may be a little behind the one of whoever set it.
const MOST_AHEAD_MS = 60_000;

/** It becomes the cursor, which no later START_AT corrects. Throws CONFIG_INVALID where it is in the future. */
export function requireStartAt({ START_AT: startAtMs }: Pick<Settings, 'START_AT'>, nowMs: number): void {
  if (startAtMs === undefined || startAtMs <= nowMs + MOST_AHEAD_MS) return;
  throw new ConnectorError(
    'CONFIG_INVALID',
    `START_AT: expected a time that is not in the future, got ${isoTime(startAtMs)}, and it is ${isoTime(nowMs)}: what happens until then would not be published`,
  );
}
