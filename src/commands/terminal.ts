import type { ClientPorts } from '../clients.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/load.ts';
import { describe } from '../errors.ts';
import type { Log } from '../log.ts';
import { hiderOf } from '../privacy/hiding.ts';
import { decodeSourcePage, type SourceEvent } from '../verify/source-event.ts';
import type { CommandContext, Output } from './command.ts';

/** For commands that read once and end: no metrics, a line where Asana keeps failing. */
export function quietClientPorts({ clock, random }: CommandContext, log: Log): ClientPorts<SourceEvent> {
  return {
    clock,
    random,
    log,
    decoderOf: (workspaceGid, hiding) => decodeSourcePage(workspaceGid, hiderOf(hiding)),
    onBudgetWait: () => {},
    watchRequests: () => ({
      requestEnded: () => {},
      requestFailed: (error, attempt, waitMs) => {
        if (waitMs !== undefined && attempt === 2) log.say('asana-failing', describe(error));
      },
      requestRecovered: () => {},
    }),
  };
}

export interface Progress {
  /** @param part of the whole that is done, 0 to 1, where that is known */
  readonly show: (doing: string, count: number, part?: number) => void;
  readonly say: (text: string) => void;
  readonly end: () => void;
}

/** What a command says before Kafka has answered it for the first time: where it hangs, that takes half a minute. */
export const waitingForKafka = ({ KAFKA_BROKERS }: Pick<Config, 'KAFKA_BROKERS'>): string =>
  `waiting for Kafka at ${KAFKA_BROKERS.join(', ')}`;

/** Closes what a command has used. Who is stopped does not wait for a broker that hangs. */
export async function closeAfter(close: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const closed = close();
  if (!signal.aborted) await closed;
}

const REDRAW_MS = 200;
// Before, what is left is a guess from too little.
const FIRST_GUESS_MS = 2_000;
const CLEAR_LINE = '\r\u001b[K';

/** One line that grows in a terminal, with the time left; nothing elsewhere. */
export function createProgress(stream: Output, clock: Clock): Progress {
  if (!stream.isTTY) return { show: () => {}, say: () => {}, end: () => {} };
  let doingNow = '';
  let startedMs = 0;
  let drawnMs = Number.NEGATIVE_INFINITY;
  return {
    show: (doing, count, part) => {
      const nowMs = clock.monotonicMs();
      if (doing !== doingNow) [doingNow, startedMs, drawnMs] = [doing, nowMs, Number.NEGATIVE_INFINITY];
      if (nowMs - drawnMs < REDRAW_MS) return;
      drawnMs = nowMs;
      stream.write(`${CLEAR_LINE}${count.toLocaleString('en')} ${doing}${timeLeft(nowMs - startedMs, part)}`);
    },
    say: (text) => stream.write(CLEAR_LINE + text),
    end: () => stream.write(CLEAR_LINE),
  };
}

export function timeLeft(passedMs: number, part = 0): string {
  if (part <= 0 || part > 1 || passedMs < FIRST_GUESS_MS) return '';
  const leftMs = (passedMs * (1 - part)) / part;
  return `, ${Math.floor(part * 100)} %, ${duration(leftMs)} left`;
}

const UNITS: [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** The two largest units: `3 h 5 min`. */
export function duration(ms: number): string {
  const first = UNITS.findIndex(([, size]) => ms >= size);
  if (first < 0) return '0 s';
  const parts: string[] = [];
  let restMs = ms;
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(restMs / size);
    restMs -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

/** Resolves once the reader has taken what was written: a topic may be larger than the memory. */
export async function writeSlowly(stream: Output, text: string): Promise<void> {
  if (!stream.write(text)) await new Promise<void>((resolve) => stream.once('drain', resolve));
}

export const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;
