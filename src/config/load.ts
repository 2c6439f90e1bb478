import { ConnectorError } from '../errors.ts';
import { fieldProblems, fieldWarnings } from '../privacy/rules.ts';
import { isLoopback } from './loopback.ts';
import { OPTIONS, type OptionName, TOKEN_FILE_PREFIX } from './options.ts';
import { READERS, type ValueOf } from './parse.ts';
import type { SecretSource } from './secret-source.ts';
import { secretFile, securityProblems, securityWarnings } from './security.ts';
import { findStrangers } from './strangers.ts';
import { verificationProblems } from './tls-verification.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

// Below, an idle stream would spend the whole request budget.
const MIN_POLL_MS = 10;
// Below, a pause of the process would cost it its streams.
const MIN_SESSION_MS = 1_000;
const SECRET_KINDS: readonly string[] = ['secret', 'password'];

type Always<N extends OptionName> = (typeof OPTIONS)[N] extends { default: string } | { required: true }
  ? true
  : false;
type Value<N extends OptionName> = ValueOf<(typeof OPTIONS)[N]['kind']>;

/** One property a variable, read and checked: times in epoch milliseconds, durations in milliseconds. */
export type Settings = {
  readonly [N in OptionName]: Always<N> extends true ? Value<N> : Value<N> | undefined;
};

export interface Config extends Settings {
  /** Where each workspace's token comes from. */
  readonly tokens: ReadonlyMap<string, SecretSource>;
  readonly warnings: readonly string[];
}

/** Reads the whole configuration from `environment`. Throws CONFIG_INVALID, which names all problems at once. */
export function loadConfig(environment: Environment): Config {
  const problems: string[] = [];
  const settings = readSettings(environment, problems);
  const tokens = readTokens(environment, settings, problems);
  const strangers = findStrangers(Object.keys(environment));
  problems.push(
    ...strangers.problems,
    ...conflicts(settings),
    ...fieldProblems(settings),
    ...securityProblems(settings),
    ...verificationProblems(environment.NODE_TLS_REJECT_UNAUTHORIZED, settings),
  );
  if (problems.length > 0) {
    throw new ConnectorError(
      'CONFIG_INVALID',
      `the configuration has ${count(problems.length, 'problem')}:\n  ${problems.join('\n  ')}`,
    );
  }
  return {
    ...(settings as Settings),
    tokens,
    warnings: [
      ...strangers.warnings,
      ...warningsAbout(settings as Settings),
      ...fieldWarnings(settings as Settings),
      ...securityWarnings(settings as Settings),
    ],
  };
}

function readSettings(environment: Environment, problems: string[]): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(OPTIONS)) {
    const text = environment[name]?.trim() || ('default' in option ? option.default : undefined);
    const reader = READERS[option.kind];
    if (text === undefined) {
      if ('required' in option) problems.push(`${name} is not set: expected ${reader.expected}`);
      continue;
    }
    const value = reader.read(text);
    const shown = SECRET_KINDS.includes(option.kind) ? 'its value' : `'${withoutCredentials(text)}'`;
    if (value === undefined) problems.push(`${name}: expected ${reader.expected}, got ${shown}`);
    // Also where it is undefined: whoever asks whether it was set is to find that it was.
    settings[name] = value;
  }
  return settings as Partial<Settings>;
}

/** A URL's user and password, and its query, are refused and must not be printed either. */
const withoutCredentials = (text: string): string =>
  text.replace(/^.*@/s, '[redacted]@').replace(/\?.*$/s, '?[redacted]');

function readTokens(
  environment: Environment,
  settings: Partial<Settings>,
  problems: string[],
): Config['tokens'] {
  const tokens = new Map<string, SecretSource>();
  const { ASANA_TOKEN_FILE: file, ASANA_TOKEN: value, ASANA_WORKSPACES: workspaces } = settings;
  const hasValue = Boolean(environment.ASANA_TOKEN?.trim());
  if (file !== undefined && hasValue) {
    problems.push('ASANA_TOKEN_FILE and ASANA_TOKEN are both set: expected one of them');
  }
  const overrides = Object.keys(environment)
    .filter((name) => name.startsWith(TOKEN_FILE_PREFIX) && environment[name]?.trim())
    .map((name) => name.slice(TOKEN_FILE_PREFIX.length));
  // Where the workspaces cannot be read, that is the problem, and nothing is known about theirs.
  for (const gid of overrides.filter((each) => workspaces && !workspaces.includes(each))) {
    problems.push(
      `${TOKEN_FILE_PREFIX}${gid}: expected the gid of one of ASANA_WORKSPACES behind ${TOKEN_FILE_PREFIX}`,
    );
  }
  for (const workspace of workspaces ?? []) {
    const own = environment[TOKEN_FILE_PREFIX + workspace]?.trim() || file;
    if (own !== undefined) tokens.set(workspace, secretFile(own, settings));
    else if (value !== undefined) tokens.set(workspace, { value });
  }
  const lacking = workspaces?.some((workspace) => !tokens.has(workspace)) ?? overrides.length === 0;
  if (lacking && file === undefined && !hasValue) {
    problems.push(
      'ASANA_TOKEN_FILE is not set: expected a path of a file with the service account token (or ASANA_TOKEN)',
    );
  }
  return tokens;
}

function conflicts(settings: Partial<Settings>): string[] {
  const problems: string[] = [];
  const { ASANA_BASE_URL: url, START_AT: startAt, END_AT: endAt } = settings;
  if (settings.ASANA_ACTOR_TYPE && settings.ASANA_ACTOR_GID) {
    problems.push('ASANA_ACTOR_TYPE and ASANA_ACTOR_GID are both set: Asana allows one of them');
  }
  if (startAt !== undefined && endAt !== undefined && startAt >= endAt)
    problems.push('END_AT: expected a time after START_AT');
  if (url?.protocol === 'http:' && !isLoopback(url.hostname) && !settings.ASANA_ALLOW_PLAIN_HTTP) {
    problems.push(
      `ASANA_BASE_URL: expected https, got '${url}' (or set ASANA_ALLOW_PLAIN_HTTP=true: the token is then readable on the way)`,
    );
  }
  for (const name of ['EVENTS_TOPIC_PARTITIONS', 'STATE_TOPIC_PARTITIONS'] as const) {
    if (settings[name] === 0) problems.push(`${name}: expected at least 1, got '0'`);
  }
  if ((settings.POLL_INTERVAL ?? MIN_POLL_MS) < MIN_POLL_MS)
    problems.push(`POLL_INTERVAL: expected at least ${MIN_POLL_MS}ms`);
  for (const name of ['ASANA_REQUEST_TIMEOUT', 'KAFKA_TRANSACTION_TIMEOUT'] as const) {
    if ((settings[name] ?? 1_000) < 1_000) problems.push(`${name}: expected at least 1s`);
  }
  problems.push(...distributedProblems(settings));
  const { EVENTS_TOPIC: events, STATE_TOPIC: state } = settings;
  if (events !== undefined && (state === events || state === `${events}.dead-letters`)) {
    problems.push('STATE_TOPIC: expected another topic than EVENTS_TOPIC and its dead letters');
  }
  return problems;
}

function distributedProblems({
  MODE,
  END_AT,
  GROUP_SESSION_TIMEOUT: timeoutMs,
}: Partial<Settings>): string[] {
  if (MODE !== 'distributed') return [];
  const problems: string[] = [];
  if (END_AT !== undefined)
    problems.push('END_AT: only with MODE=standalone; no replica knows when the streams of the others end');
  if (timeoutMs !== undefined && timeoutMs < MIN_SESSION_MS)
    problems.push(
      'GROUP_SESSION_TIMEOUT: expected at least 1s, and what the brokers allow (group.min.session.timeout.ms, 6 s unless it was changed)',
    );
  return problems;
}

function warningsAbout(settings: Settings): string[] {
  const { ASANA_BASE_URL: url } = settings;
  if (url.protocol !== 'http:' || isLoopback(url.hostname)) return [];
  return [`ASANA_BASE_URL is plain http to ${url.host}: the token and the events are readable on the way`];
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
