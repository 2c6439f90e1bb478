/**
 * Records as Avro, written field by field in the order of `schemas/asana-audit-log-event.avsc`
 * (docs/adr/0013-records-are-written-without-avsc.md).
 */

import type { AvroBytes } from './avro-bytes.ts';
import type {
  ActorRecord,
  AdditionalProperties,
  ContextRecord,
  DetailsRecord,
  EventRecord,
  GroupRecord,
  ResourceRecord,
} from './event-record.ts';
import { NO_PROPERTIES } from './leftovers.ts';
import { HEADER_BYTES } from './wire-format.ts';

/**
 * Writes a record behind all that was written before, and behind room for its header. Throws where a text or a number is none, a defect of
 * the mapping, and has then written nothing.
 */
export function writeRecord(to: AvroBytes, record: EventRecord): void {
  const { sizeBytes } = to;
  try {
    to.skip(HEADER_BYTES);
    writeEvent(to, record);
  } catch (error) {
    to.cutTo(sizeBytes);
    throw error;
  }
}

function writeEvent(to: AvroBytes, event: EventRecord): void {
  to.text(event.gid);
  to.text(event.workspace_gid);
  to.long(event.created_at);
  to.optionalText(event.event_type);
  to.optionalText(event.event_category);
  if (to.isThere(event.actor)) writeActor(to, event.actor);
  if (to.isThere(event.resource)) writeResource(to, event.resource);
  if (to.isThere(event.details)) writeDetails(to, event.details);
  if (to.isThere(event.context)) writeContext(to, event.context);
  writeProperties(to, event.additional_properties);
  to.optionalText(event.original_json);
}

function writeActor(to: AvroBytes, actor: ActorRecord): void {
  to.optionalText(actor.actor_type);
  to.optionalText(actor.gid);
  to.optionalText(actor.name);
  to.optionalText(actor.email);
  writeProperties(to, actor.additional_properties);
}

function writeResource(to: AvroBytes, resource: ResourceRecord): void {
  to.optionalText(resource.resource_type);
  to.optionalText(resource.resource_subtype);
  to.optionalText(resource.gid);
  to.optionalText(resource.name);
  to.optionalText(resource.email);
  writeProperties(to, resource.additional_properties);
}

function writeDetails(to: AvroBytes, details: DetailsRecord): void {
  to.optionalText(details.old_value);
  to.optionalText(details.new_value);
  if (to.isThere(details.group)) writeGroup(to, details.group);
  to.optionalText(details.saml_response);
  writeProperties(to, details.additional_properties);
}

function writeGroup(to: AvroBytes, group: GroupRecord): void {
  to.optionalText(group.gid);
  to.optionalText(group.name);
  to.optionalText(group.resource_type);
  writeProperties(to, group.additional_properties);
}

function writeContext(to: AvroBytes, context: ContextRecord): void {
  to.optionalText(context.context_type);
  to.optionalText(context.api_authentication_method);
  to.optionalText(context.client_ip_address);
  to.optionalText(context.user_agent);
  to.optionalText(context.oauth_app_name);
  to.optionalText(context.rule_name);
  if (to.isThere(context.on_behalf_of_user_id)) to.long(context.on_behalf_of_user_id);
  writeProperties(to, context.additional_properties);
}

const writeProperties = (to: AvroBytes, properties: AdditionalProperties): void =>
  to.map(properties === NO_PROPERTIES ? [] : Object.entries(properties));
