import type { KeyObject } from 'node:crypto';
import { hashWith } from './hash-value.ts';
import { createFieldHider, type HiddenFields, type HideFields } from './hide-fields.ts';

/** What is to be hidden, as data that goes from thread to thread; a key object shows nothing of its key. */
export interface Hiding extends HiddenFields {
  /** Undefined only where nothing is hashed. */
  readonly key: KeyObject | undefined;
}

export const hidesFields = ({ dropped, hashed }: HiddenFields): boolean => dropped.length + hashed.length > 0;

/** Undefined for nothing. */
export const hiderOf = (hiding: Hiding): HideFields | undefined =>
  createFieldHider(hiding, hiding.key && hashWith(hiding.key));
