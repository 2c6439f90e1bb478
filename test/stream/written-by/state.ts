import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const FOLDER = import.meta.dirname;

/** A record of the state topic, as JSON. */
export type StateRecord = Readonly<Record<string, unknown>>;

/** The records of one stream of `asana-audit`, workspace 1201234567890123, as a released version of the connector wrote them. */
export interface WrittenState {
  readonly version: string;
  /** By the last part of their keys; `reset` is what is in the place of `cursor` after `offsets reset`. */
  readonly records: Readonly<
    Record<'session' | 'cursor' | 'reset' | 'gap' | 'open-gap' | 'republished', StateRecord>
  >;
}

/** One file a version whose records differ from those of the version before. Files that are here never change. */
export const WRITTEN_STATES: readonly WrittenState[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    version: basename(file, '.json'),
    records: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')),
  }));
