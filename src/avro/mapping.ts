/**
 * Event ↔ record, losing nothing.
 *
 * A typed field holds a property exactly or is null; whatever no typed field holds exactly is in `additional_properties`
 * as JSON text. Runs for every event: fixed field order and plain loops keep V8's objects in one shape each.
 */

import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type {
  ActorRecord,
  ContextRecord,
  DetailsRecord,
  EventRecord,
  GroupRecord,
  ResourceRecord,
} from './event-record.ts';
import { addLeftovers, type Findings, NO_PROPERTIES } from './leftovers.ts';
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

function eventRecord(
  event: JsonObject,
  gid: string,
  workspaceGid: string,
  createdAtMs: number,
  findings: Findings,
): EventRecord {
  const { actor, resource, details, context } = event;
  const record: EventRecord = {
    gid,
    workspace_gid: workspaceGid,
    created_at: createdAtMs,
    event_type: text(event.event_type),
    event_category: text(event.event_category),
    actor: isJsonObject(actor) ? actorRecord(actor, findings) : null,
    resource: isJsonObject(resource) ? resourceRecord(resource, findings) : null,
    details: isJsonObject(details) ? detailsRecord(details, findings) : null,
    context: isJsonObject(context) ? contextRecord(context, findings) : null,
    additional_properties: NO_PROPERTIES,
    original_json: null,
  };
  return addLeftovers(record, event, findings);
}

function actorRecord(actor: JsonObject, findings: Findings): ActorRecord {
  const record: ActorRecord = {
    actor_type: text(actor.actor_type),
    gid: text(actor.gid),
    name: text(actor.name),
    email: text(actor.email),
    additional_properties: NO_PROPERTIES,
  };
  return addLeftovers(record, actor, findings);
}

function resourceRecord(resource: JsonObject, findings: Findings): ResourceRecord {
  const record: ResourceRecord = {
    resource_type: text(resource.resource_type),
    resource_subtype: text(resource.resource_subtype),
    gid: text(resource.gid),
    name: text(resource.name),
    email: text(resource.email),
    additional_properties: NO_PROPERTIES,
  };
  return addLeftovers(record, resource, findings);
}

function detailsRecord(details: JsonObject, findings: Findings): DetailsRecord {
  const { group } = details;
  const record: DetailsRecord = {
    old_value: text(details.old_value),
    new_value: text(details.new_value),
    group: isJsonObject(group) ? groupRecord(group, findings) : null,
    saml_response: text(details.saml_response),
    additional_properties: NO_PROPERTIES,
  };
  return addLeftovers(record, details, findings);
}

function groupRecord(group: JsonObject, findings: Findings): GroupRecord {
  const record: GroupRecord = {
    gid: text(group.gid),
    name: text(group.name),
    resource_type: text(group.resource_type),
    additional_properties: NO_PROPERTIES,
  };
  return addLeftovers(record, group, findings);
}

function contextRecord(context: JsonObject, findings: Findings): ContextRecord {
  const record: ContextRecord = {
    context_type: text(context.context_type),
    api_authentication_method: text(context.api_authentication_method),
    client_ip_address: text(context.client_ip_address),
    user_agent: text(context.user_agent),
    oauth_app_name: text(context.oauth_app_name),
    rule_name: text(context.rule_name),
    on_behalf_of_user_id: id(context.on_behalf_of_user_id),
    additional_properties: NO_PROPERTIES,
  };
  return addLeftovers(record, context, findings);
}

/** Avro strings are UTF-8, which cannot hold half a surrogate pair. */
const text = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' && value.isWellFormed() ? value : null;

// avsc refuses 2^53 - 1, and writes negative numbers below -2^52 wrongly; an id is never negative anyway.
const MAX_ID = Number.MAX_SAFE_INTEGER - 1;

const id = (value: JsonValue | undefined): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_ID ? value : null;

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
