import { isFieldPath } from '../privacy/field-path.ts';
import { parseDurationMs } from './duration.ts';
import type { OptionKind } from './option.ts';
import { Secret } from './secret.ts';

const GID = /^\d{1,32}$/;
const TOPIC = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,200}$/;
const BROKER = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/;
const MAX_PORT = 65_535;
// A timer that is set for longer fires at once.
const MAX_WAIT_MS = 2 ** 31 - 1;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const ACTOR_TYPES = ['user', 'asana', 'asana_support', 'anonymous', 'external_administrator'];
const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const;
const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
const MODES = ['standalone', 'distributed'] as const;
const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type Compression = (typeof COMPRESSIONS)[number];
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];
export type LogLevel = (typeof LOG_LEVELS)[number];

type Reader<T> = { expected: string; read: (text: string) => T | undefined };

const oneOf = <T extends string>(values: readonly T[]): Reader<T> => ({
  expected: `one of ${values.join(', ')}`,
  read: (text) => values.find((value) => value === text),
});

const matching = (pattern: RegExp, expected: string): Reader<string> => ({
  expected,
  read: (text) => (pattern.test(text) ? text : undefined),
});

const list = (isItem: (text: string) => boolean, expected: string): Reader<string[]> => ({
  expected,
  read: (text) => {
    const items = text.split(',').map((item) => item.trim());
    if (!items.every(isItem)) return undefined;
    return [...new Set(items)];
  },
});

const wholeNumber = (min: number, max: number, expected: string): Reader<number> => ({
  expected,
  read: (text) => {
    if (!/^-?\d{1,10}$/.test(text)) return undefined;
    const value = Number(text);
    return value >= min && value <= max ? value : undefined;
  },
});

function isBroker(text: string): boolean {
  const port = Number(BROKER.exec(text)?.[1]);
  return port >= 1 && port <= MAX_PORT;
}

function readWaitMs(text: string): number | undefined {
  const waitMs = parseDurationMs(text);
  return waitMs !== undefined && waitMs <= MAX_WAIT_MS ? waitMs : undefined;
}

function readUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.search || url.hash || url.username || url.password ? undefined : url;
}

function readTime(text: string): number | undefined {
  const timeMs = RFC_3339.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** Date.parse takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const startMs = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(startMs) && new Date(startMs).toISOString().startsWith(day);
}

/** One reader a kind: `read` gives undefined where the text is not what `expected` says. */
export const READERS = {
  text: { expected: 'a text', read: (text: string): string | undefined => text },
  path: { expected: 'a path of a file', read: (text: string): string | undefined => text },
  secret: {
    expected: 'a text without spaces or line breaks',
    read: (text: string): Secret | undefined => (/^[\x21-\x7e]+$/.test(text) ? new Secret(text) : undefined),
  },
  password: {
    expected: 'a password without line breaks',
    read: (text: string): Secret | undefined => (/[\r\n]/.test(text) ? undefined : new Secret(text)),
  },
  'sasl-mechanism': oneOf(SASL_MECHANISMS),
  gid: matching(GID, 'a gid: digits only'),
  gids: list((text) => GID.test(text), 'gids (digits only), comma-separated'),
  fields: list(isFieldPath, 'paths such as actor.email, comma-separated'),
  brokers: list(isBroker, 'host:port, comma-separated'),
  url: { expected: 'an http(s) URL without user, query or fragment', read: readUrl },
  boolean: {
    expected: 'true or false',
    read: (text: string): boolean | undefined =>
      text === 'true' ? true : text === 'false' ? false : undefined,
  },
  count: wholeNumber(0, 1_000_000, 'a whole number from 0 to 1,000,000'),
  port: wholeNumber(0, MAX_PORT, 'a port from 0 to 65535'),
  'replication-factor': {
    expected: '-1 or a whole number from 1 to 32',
    read: (text: string) => wholeNumber(-1, 32, '').read(text) || undefined,
  },
  duration: { expected: 'a duration such as 500ms, 10s, 5m, at most 24d', read: readWaitMs },
  retention: {
    expected: 'unlimited, or a duration such as 120d',
    read: (text: string) => (text === 'unlimited' ? -1 : parseDurationMs(text)),
  },
  time: { expected: 'a time such as 2026-01-31T00:00:00Z', read: readTime },
  topic: matching(TOPIC, "1 to 200 of Kafka's characters: letters, digits, '.', '_', '-'"),
  'actor-type': oneOf(ACTOR_TYPES),
  compression: oneOf(COMPRESSIONS),
  mode: oneOf(MODES),
  'log-level': oneOf(LOG_LEVELS),
} as const satisfies Record<OptionKind, Reader<unknown>>;

export type ValueOf<K extends OptionKind> = Exclude<ReturnType<(typeof READERS)[K]['read']>, undefined>;
