import { ConnectorError } from '../errors.ts';
import { fieldProblems, fieldWarnings } from '../privacy/rules.ts';
import { conflicts, conflictWarnings } from './conflicts.ts';
import { OPTIONS, TOKEN_FILE_PREFIX } from './options.ts';
import { READERS } from './parse.ts';
import { withoutAsanaTokens } from './secret.ts';
import type { SecretSource } from './secret-source.ts';
import { secretFile, securityProblems, securityWarnings } from './security.ts';
import type { Settings } from './settings.ts';
import { findStrangers } from './strangers.ts';
import { verificationProblems } from './tls-verification.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_KINDS: readonly string[] = ['secret', 'password'];

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
      ...conflictWarnings(settings as Settings),
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

/** A URL's user and password, and its query, are refused and must not be printed either; nor must a token in a wrong place. */
const withoutCredentials = (text: string): string =>
  withoutAsanaTokens(text.replace(/^.*@/s, '[redacted]@').replace(/\?.*$/s, '?[redacted]'));

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

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
