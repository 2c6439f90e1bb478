import { createHmac, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { JsonValue } from '../json.ts';

/** What stands for a value. Null stays null. */
export type HashValue = (value: JsonValue) => string | null;

const PREFIX = 'hmac-sha256:';

/**
 * `hmac-sha256:` and 64 hexadecimal digits: HMAC-SHA-256 of a string's UTF-8, of the canonical JSON of anything else. So the
 * number 7 and the string "7" have one hash: Asana writes ids both ways, and they are to be joined.
 */
export function hashWith(key: KeyObject): HashValue {
  return (value) => {
    if (value === null) return null;
    const text = typeof value === 'string' ? value : canonicalJson(value);
    return PREFIX + createHmac('sha256', key).update(text).digest('hex');
  };
}
