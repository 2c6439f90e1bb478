/**
 * Which property of an event is held by which field of its record.
 *
 * Runs for every event that is parsed, in one pass over the properties that are there: Asana sends them in any order, so the objects of a page have a
 * thousand shapes, in which V8 takes long to look up a name. The records have one shape each.
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
import { type Findings, fill, type Hold, NO_PROPERTIES } from './leftovers.ts';

export function eventRecord(
  event: JsonObject,
  gid: string,
  workspaceGid: string,
  createdAtMs: number,
  findings: Findings,
): EventRecord {
  const record: EventRecord = {
    gid,
    workspace_gid: workspaceGid,
    created_at: createdAtMs,
    event_type: null,
    event_category: null,
    actor: null,
    resource: null,
    details: null,
    context: null,
    additional_properties: NO_PROPERTIES,
    original_json: null,
  };
  return fill(record, event, holdOfEvent, findings);
}

const holdOfEvent: Hold<EventRecord> = (record, name, value, findings) => {
  if (isJsonObject(value)) return holdPart(record, name, value, findings);
  if (!isText(value)) return false;
  if (name === 'event_type') record.event_type = value;
  else if (name === 'event_category') record.event_category = value;
  else return name === 'gid' || name === 'created_at';
  return true;
};

function holdPart(record: EventRecord, name: string, part: JsonObject, findings: Findings): boolean {
  if (name === 'actor') record.actor = actorRecord(part, findings);
  else if (name === 'resource') record.resource = resourceRecord(part, findings);
  else if (name === 'details') record.details = detailsRecord(part, findings);
  else if (name === 'context') record.context = contextRecord(part, findings);
  else return false;
  return true;
}

const actorRecord = (actor: JsonObject, findings: Findings): ActorRecord =>
  fill(
    { actor_type: null, gid: null, name: null, email: null, additional_properties: NO_PROPERTIES },
    actor,
    holdOfActor,
    findings,
  );

const holdOfActor: Hold<ActorRecord> = (record, name, value) => {
  if (!isText(value)) return false;
  if (name === 'actor_type') record.actor_type = value;
  else if (name === 'gid') record.gid = value;
  else if (name === 'name') record.name = value;
  else if (name === 'email') record.email = value;
  else return false;
  return true;
};

function resourceRecord(resource: JsonObject, findings: Findings): ResourceRecord {
  const record: ResourceRecord = {
    resource_type: null,
    resource_subtype: null,
    gid: null,
    name: null,
    email: null,
    additional_properties: NO_PROPERTIES,
  };
  return fill(record, resource, holdOfResource, findings);
}

const holdOfResource: Hold<ResourceRecord> = (record, name, value) => {
  if (!isText(value)) return false;
  if (name === 'resource_type') record.resource_type = value;
  else if (name === 'resource_subtype') record.resource_subtype = value;
  else if (name === 'gid') record.gid = value;
  else if (name === 'name') record.name = value;
  else if (name === 'email') record.email = value;
  else return false;
  return true;
};

function detailsRecord(details: JsonObject, findings: Findings): DetailsRecord {
  const record: DetailsRecord = {
    old_value: null,
    new_value: null,
    group: null,
    saml_response: null,
    additional_properties: NO_PROPERTIES,
  };
  return fill(record, details, holdOfDetails, findings);
}

const holdOfDetails: Hold<DetailsRecord> = (record, name, value, findings) => {
  if (isJsonObject(value) && name === 'group') {
    record.group = groupRecord(value, findings);
    return true;
  }
  if (!isText(value)) return false;
  if (name === 'old_value') record.old_value = value;
  else if (name === 'new_value') record.new_value = value;
  else if (name === 'saml_response') record.saml_response = value;
  else return false;
  return true;
};

const groupRecord = (group: JsonObject, findings: Findings): GroupRecord =>
  fill(
    { gid: null, name: null, resource_type: null, additional_properties: NO_PROPERTIES },
    group,
    holdOfGroup,
    findings,
  );

const holdOfGroup: Hold<GroupRecord> = (record, name, value) => {
  if (!isText(value)) return false;
  if (name === 'gid') record.gid = value;
  else if (name === 'name') record.name = value;
  else if (name === 'resource_type') record.resource_type = value;
  else return false;
  return true;
};

function contextRecord(context: JsonObject, findings: Findings): ContextRecord {
  const record: ContextRecord = {
    context_type: null,
    api_authentication_method: null,
    client_ip_address: null,
    user_agent: null,
    oauth_app_name: null,
    rule_name: null,
    on_behalf_of_user_id: null,
    additional_properties: NO_PROPERTIES,
  };
  return fill(record, context, holdOfContext, findings);
}

const holdOfContext: Hold<ContextRecord> = (record, name, value) => {
  if (isId(value) && name === 'on_behalf_of_user_id') {
    record.on_behalf_of_user_id = value;
    return true;
  }
  if (!isText(value)) return false;
  if (name === 'context_type') record.context_type = value;
  else if (name === 'api_authentication_method') record.api_authentication_method = value;
  else if (name === 'client_ip_address') record.client_ip_address = value;
  else if (name === 'user_agent') record.user_agent = value;
  else if (name === 'oauth_app_name') record.oauth_app_name = value;
  else if (name === 'rule_name') record.rule_name = value;
  else return false;
  return true;
};

/** Avro strings are UTF-8, which cannot hold half a surrogate pair. */
const isText = (value: JsonValue): value is string => typeof value === 'string' && value.isWellFormed();

// avsc does not read 2^53 - 1, and an id is never negative.
const MAX_ID = Number.MAX_SAFE_INTEGER - 1;

const isId = (value: JsonValue): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_ID;
