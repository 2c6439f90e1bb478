/**
 * Records as Avro, written field by field in the order of `schemas/asana-audit-log-event.avsc`
 * (docs/adr/0013-records-are-written-without-avsc.md).
 */

import { AvroBytes, type TextEncoding } from './avro-bytes.ts';
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
 * Writes the records of a page one behind the other, each behind room for its header. An allocation a record would cost as much as the
 * encoding.
 */
export class RecordWriter {
  /** Used for all pages; it grows to the largest. */
  readonly #bytes: AvroBytes;

  /** @param encoding of the texts of the records */
  constructor(encoding: TextEncoding) {
    this.#bytes = new AvroBytes(encoding);
  }

  /** Forgets what was written. */
  begin(): void {
    this.#bytes.cutTo(0);
  }

  /** Since it began: where the last record ends. */
  get sizeBytes(): number {
    return this.#bytes.sizeBytes;
  }

  /** Throws where a text or a number is none, a defect of the mapping, and has then written nothing. */
  write(record: EventRecord): void {
    const { sizeBytes } = this.#bytes;
    try {
      this.#bytes.skip(HEADER_BYTES);
      writeEvent(this.#bytes, record);
    } catch (error) {
      this.#bytes.cutTo(sizeBytes);
      throw error;
    }
  }

  /** All that was written, in memory of its own; what stands in place of the headers means nothing. */
  copy(): Buffer<ArrayBuffer> {
    return this.#bytes.copy();
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

/** A map is blocks of pairs, each behind their number; a block of none ends it. */
function writeProperties(to: AvroBytes, properties: AdditionalProperties): void {
  if (properties !== NO_PROPERTIES) {
    const texts = Object.entries(properties);
    if (texts.length > 0) to.long(texts.length);
    for (const [name, text] of texts) {
      to.text(name);
      to.text(text);
    }
  }
  to.long(0);
}
