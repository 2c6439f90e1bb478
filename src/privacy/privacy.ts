import type { Config } from '../config/load.ts';
import { secretFile } from '../config/security.ts';
import { readHashKey } from './hash-key.ts';
import { hashWith } from './hash-value.ts';
import { createFieldHider, type HiddenFields, type HideFields } from './hide-fields.ts';

export const hiddenFields = ({ FIELDS_DROP = [], FIELDS_HASH = [] }: Config): HiddenFields => ({
  dropped: FIELDS_DROP,
  hashed: FIELDS_HASH,
});

/** What the configuration hides; undefined for nothing. Throws CONFIG_INVALID where the key cannot be read. */
export function hiderOf(config: Config): HideFields | undefined {
  const { FIELDS_HASH_KEY_FILE: file, FIELDS_HASH_KEY: value } = config;
  const hidden = hiddenFields(config);
  if (hidden.hashed.length === 0) return createFieldHider(hidden, undefined);
  const source = file === undefined ? value && { value } : secretFile(file, config);
  if (source === undefined) throw new RangeError('loadConfig refuses FIELDS_HASH without a key');
  return createFieldHider(hidden, hashWith(readHashKey(source)));
}

/** Throws CONFIG_INVALID where {@link hiderOf} would: before anything is started. */
export function requireHashKey(config: Config): void {
  hiderOf(config);
}
