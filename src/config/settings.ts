import type { OPTIONS, OptionName } from './options.ts';
import type { ValueOf } from './parse.ts';

type Always<N extends OptionName> = (typeof OPTIONS)[N] extends { default: string } | { required: true }
  ? true
  : false;
type Value<N extends OptionName> = ValueOf<(typeof OPTIONS)[N]['kind']>;

/** One property a variable, read and checked: times in epoch milliseconds, durations in milliseconds. */
export type Settings = {
  readonly [N in OptionName]: Always<N> extends true ? Value<N> : Value<N> | undefined;
};
