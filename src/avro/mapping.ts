/**
 * Event ↔ record, losing nothing.
 *
 * A typed field holds a property exactly or is null; whatever no typed field holds exactly is in `additional_properties`
 * as JSON text.
 */

import { isJsonObject, type JsonValue } from '../json.ts';
import { eventRecord } from './event-fields.ts';
import type { EventRecord } from './event-record.ts';
import type { Findings } from './leftovers.ts';
import { readCanonicalTime, readRfc3339Time } from './timestamp.ts';
import type { Unmappable, UnmappableCode } from './unmappable.ts';

export type Mapped =
  | { readonly record: EventRecord; readonly unmappable?: never }
  | { readonly record?: never; readonly unmappable: Unmappable };

/** The record of an event as `parseJson` read it, or why it has none. */
export function toRecord(event: JsonValue, workspaceGid: string): Mapped {
  if (!isJsonObject(event)) return refuse('not-an-object', 'expected an event to be a JSON object');
  const { gid, created_at: createdAt } = event;
  if (typeof gid !== 'string' || gid === '' || !gid.isWellFormed()) return refuseGid(gid);
  if (typeof createdAt !== 'string') return refuseMissingTime(createdAt);

  const canonicalMs = readCanonicalTime(createdAt);
  const isCanonical = !Number.isNaN(canonicalMs);
  const createdAtMs = isCanonical ? canonicalMs : readRfc3339Time(createdAt);
  if (!(createdAtMs >= 0)) return refuseTime(createdAt, createdAtMs);

  const findings: Findings = { isInexact: false, isTooDeep: false };
  const record = eventRecord(event, gid, workspaceGid, createdAtMs, findings);
  if (findings.isTooDeep) {
    return refuse('nested-too-deeply', 'arrays and objects are nested deeper than JSON parsers accept');
  }
  if (!isCanonical) {
    record.additional_properties = { ...record.additional_properties, created_at: JSON.stringify(createdAt) };
  }
  if (findings.isInexact) record.original_json = JSON.stringify(event);
  return { record };
}

function refuseGid(gid: JsonValue | undefined): Mapped {
  if (gid === undefined) return refuse('gid-missing', 'expected a property gid, found none');
  if (gid === '') return refuse('gid-empty', 'expected gid to name the event, found an empty string');
  if (typeof gid === 'string') {
    return refuse('gid-malformed', 'expected gid to be Unicode text, found half a surrogate pair in it');
  }
  return refuse('gid-not-a-string', `expected gid to be a string, found ${kindOf(gid)}`);
}

function refuseMissingTime(createdAt: JsonValue | undefined): Mapped {
  if (createdAt === undefined)
    return refuse('created-at-missing', 'expected a property created_at, found none');
  return refuse('created-at-not-a-string', `expected created_at to be a string, found ${kindOf(createdAt)}`);
}

function refuseTime(createdAt: string, createdAtMs: number): Mapped {
  const found = JSON.stringify(createdAt.slice(0, 40));
  if (createdAtMs < 0)
    return refuse('created-at-before-1970', `expected created_at from 1970 on, found ${found}`);
  return refuse(
    'created-at-not-a-date-time',
    `expected created_at to be an RFC 3339 date-time with a time zone, found ${found}`,
  );
}

const refuse = (code: UnmappableCode, message: string): Mapped => ({ unmappable: { code, message } });

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return isJsonObject(value) ? 'an object' : `a ${typeof value === 'object' ? 'number' : typeof value}`;
}
