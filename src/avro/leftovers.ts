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

/** Fields that are ours, not Asana's: a property that Asana calls so is a leftover like any undocumented one. */
const isOurs = (name: string): boolean =>
  name === 'additional_properties' || name === 'workspace_gid' || name === 'original_json';

/** Puts into `record.additional_properties` each property of `source` that no typed field of `record` holds. */
export function addLeftovers<R extends { additional_properties: AdditionalProperties }>(
  record: R,
  source: JsonObject,
  findings: Findings,
): R {
  const fields: Record<string, unknown> = record;
  let leftovers: Record<string, string> | undefined;
  for (const name in source) {
    // Own fields only: every object inherits a `constructor`, which would pass for a field that holds the value.
    if (Object.hasOwn(fields, name) && fields[name] !== null && !isOurs(name)) continue;
    const value = source[name] as JsonValue;
    inspectValue(value, 0, findings);
    if (findings.isTooDeep) break;
    if (isMapKey(name)) {
      leftovers ??= {};
      leftovers[name] = JSON.stringify(value);
    } else {
      findings.isInexact = true;
    }
  }
  if (leftovers !== undefined) record.additional_properties = leftovers;
  return record;
}

/** `__proto__` is no key like the others in the objects that stand for maps; a malformed name has no UTF-8 form. */
const isMapKey = (name: string): boolean => name !== '__proto__' && name.isWellFormed();

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
