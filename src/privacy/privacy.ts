import type { Config } from '../config/load.ts';
import { secretFile } from '../config/security.ts';
import { readHashKey } from './hash-key.ts';
import type { HiddenFields } from './hide-fields.ts';
import type { Hiding } from './hiding.ts';

export const hiddenFields = ({ FIELDS_DROP = [], FIELDS_HASH = [] }: Config): HiddenFields => ({
  dropped: FIELDS_DROP,
  hashed: FIELDS_HASH,
});

/** What the configuration hides. Throws CONFIG_INVALID where the key cannot be read. */
export function hidingOf(config: Config): Hiding {
  const { FIELDS_HASH_KEY_FILE: file, FIELDS_HASH_KEY: value } = config;
  const hidden = hiddenFields(config);
  if (hidden.hashed.length === 0) return { ...hidden, key: undefined };
  const source = file === undefined ? value && { value } : secretFile(file, config);
  if (source === undefined) throw new RangeError('loadConfig refuses FIELDS_HASH without a key');
  return { ...hidden, key: readHashKey(source) };
}

/** Throws CONFIG_INVALID where {@link hidingOf} would: before anything is started. */
export function requireHashKey(config: Config): void {
  hidingOf(config);
}
