import type { AvroBytes } from '../avro/avro-bytes.ts';
import { canonicalTimeAt } from '../avro/timestamp.ts';
import { HEADER_BYTES } from '../avro/wire-format.ts';
import { NOT_PLAIN } from './json-scan.ts';
import { PlainObject, type Property } from './plain-object.ts';

const text = (name: string): Property => ({ name, holds: 'text' });
const number = (name: string): Property => ({ name, holds: 'number' });
const object = (name: string, ...properties: Property[]): Property => ({
  name,
  holds: new PlainObject(properties),
});

const [GID, CREATED_AT] = [0, 1];
/** In the order of `schemas/asana-audit-log-event.avsc`. */
const propertiesOfEvent = () => [
  text('gid'),
  text('created_at'),
  text('event_type'),
  text('event_category'),
  object('actor', text('actor_type'), text('gid'), text('name'), text('email')),
  object(
    'resource',
    text('resource_type'),
    text('resource_subtype'),
    text('gid'),
    text('name'),
    text('email'),
  ),
  object(
    'details',
    text('old_value'),
    text('new_value'),
    object('group', text('gid'), text('name'), text('resource_type')),
    text('saml_response'),
  ),
  object(
    'context',
    text('context_type'),
    text('api_authentication_method'),
    text('client_ip_address'),
    text('user_agent'),
    text('oauth_app_name'),
    text('rule_name'),
    number('on_behalf_of_user_id'),
  ),
];

/** An event whose JSON can be written as a record without being parsed: nearly every one. */
export class PlainEvent {
  readonly #event = new PlainObject(propertiesOfEvent());
  #createdAtMs = Number.NaN;

  get createdAtMs(): number {
    return this.#createdAtMs;
  }

  /**
   * Behind the event that begins at `at`; NOT_PLAIN where it is none that is plain, and where it may be no JSON: that is not said here.
   */
  read(bytes: Buffer, at: number): number {
    const end = this.#event.read(bytes, at);
    if (end === NOT_PLAIN || this.#lengthOf(GID) <= 0) return NOT_PLAIN;
    const createdAt = this.#event.startOf(CREATED_AT);
    if (createdAt < 0) return NOT_PLAIN;
    this.#createdAtMs = canonicalTimeAt(bytes, createdAt, this.#event.endOf(CREATED_AT));
    return Number.isNaN(this.#createdAtMs) ? NOT_PLAIN : end;
  }

  /** Its record, behind room for a header. */
  write(bytes: Buffer, workspaceGid: Buffer, to: AvroBytes): void {
    to.skip(HEADER_BYTES);
    to.octets(bytes, this.#event.startOf(GID), this.#event.endOf(GID));
    to.octets(workspaceGid, 0, workspaceGid.length);
    to.long(this.#createdAtMs);
    this.#event.write(bytes, to, CREATED_AT + 1);
    to.branch(false);
  }

  #lengthOf(index: number): number {
    const start = this.#event.startOf(index);
    return start < 0 ? 0 : this.#event.endOf(index) - start;
  }
}
