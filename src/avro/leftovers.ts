/** What the typed fields of a record do not hold: JSON texts by name, and what not even those can hold. */

import { isRawJson, type JsonObject, type JsonValue } from '../json.ts';
import type { AdditionalProperties } from './event-record.ts';

/** What was met on the way through one event. */
export type Findings = {
  /** Something that record and JSON texts, or the usual JSON libraries, do not hold exactly: the event is kept whole. */
  isInexact: boolean;
  isTooDeep: boolean;
};

/** Shared by all records without leftovers, which is nearly all: an object each would cost more than the mapping. */
export const NO_PROPERTIES: AdditionalProperties = Object.freeze({});

// Common parsers on the consumers' side stop at 1,000 levels, and JSON.stringify at a few thousand.
const MAX_DEPTH = 900;

/** Puts `value` into the field of that name; false where there is none, or one that does not hold it exactly. */
export type Hold<R> = (record: R, name: string, value: JsonValue, findings: Findings) => boolean;

/** Each property of `source` goes into its field of `record`, or is a leftover. */
export function fill<R extends { additional_properties: AdditionalProperties }>(
  record: R,
  source: JsonObject,
  hold: Hold<R>,
  findings: Findings,
): R {
  let leftovers: Record<string, string> | undefined;
  for (const name in source) {
    const value = source[name] as JsonValue;
    if (hold(record, name, value, findings)) continue;
    const text = leftoverText(name, value, findings);
    if (findings.isTooDeep) break;
    if (text === undefined) continue;
    leftovers ??= {};
    leftovers[name] = text;
  }
  if (leftovers !== undefined) record.additional_properties = leftovers;
  return record;
}

/** The JSON text of a property that no typed field holds; undefined where a map of texts cannot hold it either. */
export function leftoverText(name: string, value: JsonValue, findings: Findings): string | undefined {
  inspectValue(value, 0, findings);
  if (findings.isTooDeep) return undefined;
  if (isMapKey(name)) return JSON.stringify(value);
  findings.isInexact = true;
  return undefined;
}

/** `__proto__` is no key like the others in the objects that stand for maps; a malformed name has no UTF-8 form. */
export const isMapKey = (name: string): boolean => name !== '__proto__' && name.isWellFormed();

function inspectValue(value: JsonValue, depth: number, findings: Findings): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) findings.isInexact = true;
  } else if (typeof value === 'object' && value !== null) {
    if (depth === MAX_DEPTH) findings.isTooDeep = true;
    else if (isRawJson(value)) findings.isInexact = true;
    else if (Array.isArray(value)) for (const item of value) inspectValue(item, depth + 1, findings);
    else inspectMembers(value, depth, findings);
  }
}

function inspectMembers(object: JsonObject, depth: number, findings: Findings): void {
  for (const [name, member] of Object.entries(object)) {
    if (!name.isWellFormed()) findings.isInexact = true;
    inspectValue(member, depth + 1, findings);
  }
}
