import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import type { Committed, Position } from '../../src/stream/observer.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { samplesOf } from '../support/samples.ts';

/** The observing side of a process on virtual time, with its log as an array of parsed lines. */
export function watched(level: 'debug' | 'info' = 'info') {
  const clock = new FakeClock();
  const lines: Record<string, unknown>[] = [];
  const log = createLog(level, { write: (line: string) => lines.push(JSON.parse(line)) });
  const metrics = createMetrics({ version: '1.2.3' }, 5 * 60_000, clock.now);
  return { clock, lines, log, metrics };
}

export const committed = (changes: Partial<Committed> = {}): Committed => ({
  durationMs: 0,
  records: [],
  pages: 1,
  events: 3,
  deadLetters: [],
  duplicatesDropped: 0,
  late: 0,
  gaps: [],
  ...changes,
});

export const position = (atMs: number, changes: Partial<Position> = {}): Position => ({
  mode: 'live',
  watermarkMs: atMs,
  completeToMs: atMs,
  caughtUp: true,
  sweeps: undefined,
  ...changes,
});

/** The samples of a scrape. */
export const scrape = async ({ registry }: ReturnType<typeof createMetrics>): Promise<Map<string, number>> =>
  samplesOf(await registry.metrics());
