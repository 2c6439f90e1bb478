/**
 * One text for one JSON value, whatever the order in which its keys arrived: the form that is hashed when two copies
 * of an event are compared.
 */

import { isJsonObject, type JsonValue } from './json.ts';

/**
 * Keys sorted by UTF-16 code units at every level, no spaces, strings and numbers as `JSON.stringify` prints them,
 * raw numbers as their source text. Throws RangeError on nesting that is too deep for the stack.
 */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
