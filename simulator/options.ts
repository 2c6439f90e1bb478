/** The simulator's options: their type, defaults, checks, and the flags of the `simulate` command. */

import { describeExpected, type OptionSpec, type OptionValue, parseOptionValue } from './option-kinds.ts';
import { simulatorOptionTable } from './option-table.ts';

type Table = typeof simulatorOptionTable;
export type SimulatorOptionName = keyof Table;
/** Durations (`…Ms`) are milliseconds, shares 0 to 1. */
export type SimulatorOptions = { readonly [Name in SimulatorOptionName]: OptionValue<Table[Name]> };

const COMMAND_PORT = 8079;

const optionNames = Object.keys(simulatorOptionTable) as SimulatorOptionName[];

const flagOf = (name: string): string =>
  `--${name.replace(/Ms$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const nameByFlag: ReadonlyMap<string, SimulatorOptionName> = new Map(
  optionNames.map((name) => [flagOf(name), name]),
);

export const simulatorDefaults = Object.fromEntries(
  optionNames.map((name) => [name, simulatorOptionTable[name].default]),
) as unknown as SimulatorOptions;

/** One line of `simulate --help`. */
export interface SimulatorFlag {
  readonly flag: string;
  readonly expected: string;
  readonly default: string;
  readonly help: string;
}

/** Every flag, in the table's order. */
export const simulatorFlags: readonly SimulatorFlag[] = optionNames.map((name) => {
  const spec: OptionSpec = simulatorOptionTable[name];
  const preset = name === 'port' ? COMMAND_PORT : spec.default;
  return {
    flag: flagOf(name),
    expected: describeExpected(spec),
    default: printValue(spec, preset),
    help: spec.help,
  };
});

function printValue(spec: OptionSpec, value: OptionSpec['default']): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (spec.kind.endsWith('duration')) return printDuration(Number(value));
  return String(value);
}

function printDuration(durationMs: number): string {
  const units = [
    ['d', 86_400_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  if (durationMs === 0) return '0';
  const [unit, unitMs] = units.find(([, candidateMs]) => durationMs % candidateMs === 0) ?? ['ms', 1];
  return `${durationMs / unitMs}${unit}`;
}

/** The options, or every problem by flag name with what was expected. */
export type OptionsOrProblems = { readonly options: SimulatorOptions } | { readonly problems: string[] };

/** `--name value` or `--name=value`; a switch alone means on. The port defaults to the command's. */
export function parseSimulatorFlags(
  argv: readonly string[],
): { readonly options: Partial<SimulatorOptions> } | { readonly problems: string[] } {
  const given: Record<string, string> = {};
  const problems: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const [flag = '', inline] = splitFlag(argv[at] ?? '');
    const name = nameByFlag.get(flag);
    if (name === undefined) {
      problems.push(`${flag}: not a flag of simulate; simulate --help lists them all`);
      continue;
    }
    const following = argv[at + 1];
    const isBareSwitch =
      simulatorOptionTable[name].kind === 'switch' && !/^(on|off|true|false)$/.test(following ?? '');
    if (inline !== undefined) given[name] = inline;
    else if (isBareSwitch) given[name] = 'on';
    else if (following === undefined || following.startsWith('--'))
      problems.push(`${flag}: a value is missing; expected ${describeExpected(simulatorOptionTable[name])}`);
    else {
      given[name] = following;
      at += 1;
    }
  }
  const merged = mergeOptions({ ...simulatorDefaults, port: COMMAND_PORT }, given);
  if ('problems' in merged) return { problems: [...problems, ...merged.problems] };
  return problems.length > 0 ? { problems } : merged;
}

function splitFlag(argument: string): [string, string?] {
  const equals = argument.indexOf('=');
  return argument.startsWith('--') && equals > 0
    ? [argument.slice(0, equals), argument.slice(equals + 1)]
    : [argument];
}

/** `base` with `changes` (by property or flag name, from text or JSON) checked and put over it. */
export function mergeOptions(
  base: SimulatorOptions,
  changes: Readonly<Record<string, unknown>>,
): OptionsOrProblems {
  const merged: Record<string, unknown> = { ...base };
  const problems: string[] = [];
  for (const [given, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    const name =
      optionNames.find((candidate) => candidate === given) ?? nameByFlag.get(`--${given.replace(/^--/, '')}`);
    if (name === undefined) {
      problems.push(`${given}: not an option of the simulator; expected one of ${optionNames.join(', ')}`);
      continue;
    }
    const parsed = parseOptionValue(simulatorOptionTable[name], value);
    if (parsed === undefined) {
      const expected = describeExpected(simulatorOptionTable[name]);
      problems.push(`${flagOf(name)}: expected ${expected}, got ${JSON.stringify(value)}`);
    } else merged[name] = parsed;
  }
  return problems.length > 0 ? { problems } : { options: merged as unknown as SimulatorOptions };
}

/** {@link mergeOptions} for a simulator that runs: the options that made its data set are refused. */
export function changeOptions(
  running: SimulatorOptions,
  changes: Readonly<Record<string, unknown>>,
): OptionsOrProblems {
  const merged = mergeOptions(running, changes);
  if ('problems' in merged) return merged;
  const problems = optionNames
    .filter((name) => isFixed(name) && String(merged.options[name]) !== String(running[name]))
    .map(
      (name) => `${flagOf(name)}: fixed while the simulator runs; start another one for a different value`,
    );
  return problems.length > 0 ? { problems } : merged;
}

const isFixed = (name: SimulatorOptionName): boolean => {
  const spec: OptionSpec = simulatorOptionTable[name];
  return spec.fixed === true;
};
