import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';
import { READERS } from '../config/parse.ts';
import { messageOf } from '../errors.ts';
import { UsageError } from './command.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

// Commands and options are few: what is half right is enough to guess.
const LETTERS_A_TYPING_ERROR = 2;

/** The one of `names` that was probably meant, as a question. */
export function didYouMean(given: string, names: readonly string[]): string {
  const meant = nearest(given, names, LETTERS_A_TYPING_ERROR);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** The options of a command line; throws UsageError for what `options` does not have. */
export function readOptions<T extends Options>(argv: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(explain(error, options));
  }
}

function explain(error: unknown, options: Options): string {
  const message = messageOf(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const [, quoted = ''] = /'([^' ]*)/.exec(message) ?? [];
  const names = [...Object.keys(options), 'help'].map((name) => `--${name}`);
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return `${quoted} is not an option here${didYouMean(quoted, names)}; there are ${names.join(', ')}`;
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return `nothing takes the argument '${quoted}'`;
  const option = options[quoted.replace(/^--/, '')];
  return option?.type === 'boolean' ? `${quoted}: takes no value` : `${quoted}: expected a value behind it`;
}

/** An option's time, epoch milliseconds. */
export function readTime(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeMs = READERS.time.read(text);
  if (timeMs === undefined) throw new UsageError(`${flag}: expected ${READERS.time.expected}, got '${text}'`);
  return timeMs;
}

/** The workspaces that a command is about: all that are configured, or the one that is named. */
export function readWorkspaces(configured: readonly string[], text: string | undefined): readonly string[] {
  if (text === undefined) return configured;
  if (configured.includes(text)) return [text];
  throw new UsageError(`--workspace: expected one of ASANA_WORKSPACES (${configured.join()}), got '${text}'`);
}
