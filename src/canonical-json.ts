/**
 * One text for one JSON value, whatever the order in which its keys arrived: the form that is hashed when two copies
 * of an event are compared, and that dead letters are written in.
 */

import { isJsonObject, type JsonValue } from './json.ts';

/** What is still to be printed: a value, or punctuation as it is. */
type Pending = { readonly value: JsonValue } | string;

/**
 * Keys sorted by UTF-16 code units at every level, no spaces, strings and numbers as `JSON.stringify` prints them,
 * raw numbers as their source text. Without recursion: a hostile event may be nested deeper than the stack.
 */
export function canonicalJson(value: JsonValue): string {
  let text = '';
  const pending: Pending[] = [{ value }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === 'string') text += next;
    else if (Array.isArray(next.value)) pushAll(pending, '[', next.value.map(element), ']');
    else if (isJsonObject(next.value)) pushAll(pending, '{', members(next.value), '}');
    else text += JSON.stringify(next.value);
  }
  return text;
}

const element = (value: JsonValue): Pending[] => [{ value }];

function members(object: { readonly [name: string]: JsonValue }): Pending[][] {
  return Object.entries(object)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => [`${JSON.stringify(name)}:`, { value }]);
}

/** The stack is popped from its end, so all goes on it backwards. */
function pushAll(pending: Pending[], open: string, items: readonly Pending[][], close: string): void {
  pending.push(close);
  for (let index = items.length - 1; index >= 0; index--) {
    pending.push(...(items[index] ?? []).toReversed());
    if (index > 0) pending.push(',');
  }
  pending.push(open);
}
