/** The kinds of option value: how each is read from text or JSON, and what it expects. */

export type OptionSpec = { readonly help: string; readonly fixed?: true } & (
  | { readonly kind: 'text'; readonly default: string }
  | { readonly kind: 'gid-list'; readonly default: readonly string[] }
  | {
      readonly kind: 'integer' | 'number' | 'duration' | 'signed-duration';
      readonly default: number;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly kind: 'share'; readonly default: number }
  | { readonly kind: 'switch'; readonly default: boolean }
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default: string }
  | {
      readonly kind: 'choice-list';
      readonly choices: readonly string[];
      readonly default: readonly string[];
    }
);

/** The value's type for a specification; durations are milliseconds. */
export type OptionValue<Spec extends OptionSpec> = Spec extends {
  kind: 'choice';
  choices: readonly (infer Choice)[];
}
  ? Choice
  : Spec extends { kind: 'choice-list'; choices: readonly (infer Choice)[] }
    ? readonly Choice[]
    : Spec extends { kind: 'gid-list' }
      ? readonly string[]
      : Spec extends { kind: 'text' }
        ? string
        : Spec extends { kind: 'switch' }
          ? boolean
          : number;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `500ms`, `3s`, `5m`, `2h`, `90d`, `-5m`, `0` and `none` (0) as milliseconds; undefined if it is none of these. */
function parseDurationMs(text: string): number | undefined {
  if (text === '0' || text === 'none') return 0;
  const [, amount, unit] = /^(-?\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  return unitMs === undefined ? undefined : Number(amount) * unitMs;
}

function parseSwitch(value: unknown): boolean | undefined {
  if (value === true || value === 'on' || value === 'true') return true;
  return value === false || value === 'off' || value === 'false' ? false : undefined;
}

function parseNumber(spec: OptionSpec, value: unknown): number | undefined {
  const isDuration = spec.kind === 'duration' || spec.kind === 'signed-duration';
  if (typeof value === 'string' && isDuration) return parseDurationMs(value);
  if (typeof value === 'string') return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

const parseList = (value: unknown): readonly unknown[] | undefined =>
  typeof value === 'string'
    ? value.split(',').map((item) => item.trim())
    : Array.isArray(value)
      ? value
      : undefined;

function rangeOf(spec: OptionSpec): { min: number; max: number } {
  if (spec.kind === 'share') return { min: 0, max: 1 };
  const min = 'min' in spec && spec.min !== undefined ? spec.min : undefined;
  const max = 'max' in spec && spec.max !== undefined ? spec.max : Number.MAX_SAFE_INTEGER;
  return { min: min ?? (spec.kind === 'signed-duration' ? Number.MIN_SAFE_INTEGER : 0), max };
}

function numberProblem(spec: OptionSpec, value: number): boolean {
  const { min, max } = rangeOf(spec);
  return value < min || value > max || (spec.kind === 'integer' && !Number.isInteger(value));
}

/** What the option expects, for messages and help. */
export function describeExpected(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'text':
      return 'a text';
    case 'gid-list':
      return 'between 1 and 100 different gids (digits), comma-separated';
    case 'share':
      return 'a number from 0 to 1';
    case 'switch':
      return 'on or off';
    case 'choice':
      return `one of ${spec.choices.join(', ')}`;
    case 'choice-list':
      return `a comma-separated list of ${spec.choices.join(', ')}`;
    default:
      return describeNumber(spec);
  }
}

function describeNumber(spec: OptionSpec): string {
  const { min, max } = rangeOf(spec);
  if (spec.kind === 'signed-duration') return 'a duration such as 5m or -5m';
  if (spec.kind === 'duration') return `a duration such as 500ms, 3s, 5m or 90d${min > 0 ? ', above 0' : ''}`;
  const noun = spec.kind === 'integer' ? 'a whole number' : 'a number';
  return max === Number.MAX_SAFE_INTEGER ? `${noun}, at least ${min}` : `${noun} from ${min} to ${max}`;
}

/** The option's value from a flag's text or a JSON value; undefined if it is not what the option expects. */
export function parseOptionValue(spec: OptionSpec, value: unknown): unknown {
  switch (spec.kind) {
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'switch':
      return parseSwitch(value);
    case 'choice':
      return spec.choices.find((choice) => choice === value);
    case 'choice-list':
      return listWhere(value, (item) => spec.choices.includes(item));
    case 'gid-list':
      return gidList(value);
    default: {
      const number = parseNumber(spec, value);
      return number === undefined || numberProblem(spec, number) ? undefined : number;
    }
  }
}

function listWhere(value: unknown, accepts: (item: string) => boolean): readonly string[] | undefined {
  const items = parseList(value)?.filter((item) => typeof item === 'string' && accepts(item)) as
    | string[]
    | undefined;
  return items !== undefined && items.length > 0 && items.length === parseList(value)?.length
    ? items
    : undefined;
}

function gidList(value: unknown): readonly string[] | undefined {
  const gids = listWhere(value, (item) => /^\d{1,30}$/.test(item));
  return gids !== undefined && gids.length <= 100 && new Set(gids).size === gids.length ? gids : undefined;
}
