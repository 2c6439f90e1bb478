/**
 * The event that a record was made from.
 *
 * It looks at the fields that the record has, not at those that this version knows: a record of a newer version, read by
 * an older connector, gives back all of its event.
 */

import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../json.ts';
import type { AdditionalProperties, AnyVersionRecord } from './event-record.ts';
import { EVENT_TYPE } from './schema.ts';
import { HEADER_BYTES } from './wire-format.ts';

/** Equal to what the API sent, but for the order of properties. Throws SyntaxError where a JSON text of the record is none. */
export function toEvent(record: AnyVersionRecord): JsonObject {
  if (record.original_json !== null) return parseOriginal(record.original_json);
  const { gid, workspace_gid: _, created_at: createdAtMs, original_json: __, ...properties } = record;
  return { gid, created_at: new Date(createdAtMs).toISOString(), ...toObject(properties) };
}

/** The event in a value that this version wrote. */
export const eventIn = (value: Buffer): JsonObject => toEvent(EVENT_TYPE.decode(value, HEADER_BYTES).value);

function parseOriginal(text: string): JsonObject {
  const event = parseJson(text);
  if (!isJsonObject(event)) throw new SyntaxError('original_json is not a JSON object');
  return event;
}

type Fields = { additional_properties: AdditionalProperties } & Record<string, unknown>;

function toObject(fields: Fields): JsonObject {
  const object: JsonObject = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || name === 'additional_properties') continue;
    object[name] = typeof value === 'object' ? toObject(value as Fields) : (value as JsonValue);
  }
  for (const [name, text] of Object.entries(fields.additional_properties)) object[name] = parseJson(text);
  return object;
}
