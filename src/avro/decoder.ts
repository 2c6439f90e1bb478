/** Framed bytes to records, whichever version of the schema wrote them. */

import avsc, { type Type } from 'avsc';
import type { AnyVersionRecord } from './event-record.ts';
import { EVENT_NAME, EVENT_TYPE } from './schema.ts';
import { HEADER_BYTES, readSchemaId } from './wire-format.ts';

/** Bytes on the events topic that are no record of ours; the message says what they are. */
export class UndecodableRecord extends Error {
  override readonly name = 'UndecodableRecord';
}

export type DecodeRecord = (framed: Buffer) => Promise<AnyVersionRecord>;

// A topic sees a version a year; more ids than this can only be somebody else's records.
const MAX_CACHED_TYPES = 100;

/**
 * A decoder that asks `fetchWriterType` for each schema id once (its errors pass through, and are not remembered).
 *
 * A record is read as its writer's schema says, without resolving it to ours: resolution would drop the fields that a
 * newer version has added, and with them a part of the event. Rejects with {@link UndecodableRecord}.
 */
export function createDecoder(fetchWriterType: (schemaId: number) => Promise<Type>): DecodeRecord {
  const types = new Map<number, Promise<Type>>();

  async function writerType(schemaId: number): Promise<Type> {
    const known = types.get(schemaId);
    if (known !== undefined) return known;
    const fetched = fetchWriterType(schemaId);
    types.set(schemaId, fetched);
    const [oldestId] = types.keys();
    if (types.size > MAX_CACHED_TYPES && oldestId !== undefined) types.delete(oldestId);
    fetched.catch(() => types.delete(schemaId));
    return fetched;
  }

  return async (framed) => {
    const schemaId = readSchemaId(framed);
    if (schemaId === undefined) throw new UndecodableRecord('not framed as 0, int32 schema id, Avro');
    return decodeAs(await writerType(schemaId), schemaId, framed);
  };
}

/**
 * The record where it is of this workspace; undefined where it is of another one, or none of ours.
 *
 * The registry is asked only for what begins as one of this workspace and is not described to the last byte by our own schema: one that
 * was set up anew gives other ids. A record that is not recognised would be published a second time, and one that nobody can read,
 * because it is somebody else's, would end every read of the topic.
 */
export async function decodeOwn(
  decode: DecodeRecord,
  workspaceGid: string,
  framed: Buffer | null,
): Promise<AnyVersionRecord | undefined> {
  const schemaId = framed === null ? undefined : readSchemaId(framed);
  if (framed === null || schemaId === undefined || workspaceOf(framed) !== workspaceGid) return undefined;
  try {
    return readAsOurs(schemaId, framed) ?? (await decode(framed));
  } catch (error) {
    if (error instanceof UndecodableRecord) return undefined;
    throw error;
  }
}

/** Of every version of the schema: fields are never added before the third. */
const BEGINNING = avsc.Type.forSchema({
  type: 'record',
  name: 'Beginning',
  fields: [
    { name: 'gid', type: 'string' },
    { name: 'workspace_gid', type: 'string' },
  ],
});

/**
 * Looked at before all else: bytes of another schema may look like the beginning of an array that is as long as it likes. Undefined where
 * they end too early.
 */
function workspaceOf(framed: Buffer): string | undefined {
  const { value, offset } = BEGINNING.decode(framed, HEADER_BYTES);
  return offset < 0 ? undefined : value.workspace_gid;
}

function readAsOurs(schemaId: number, framed: Buffer): AnyVersionRecord | undefined {
  try {
    return decodeAs(EVENT_TYPE, schemaId, framed);
  } catch (error) {
    if (error instanceof UndecodableRecord) return undefined;
    throw error;
  }
}

function decodeAs(type: Type, schemaId: number, framed: Buffer): AnyVersionRecord {
  if (type.name !== EVENT_NAME) {
    throw new UndecodableRecord(`schema ${schemaId} is ${type.name ?? type.typeName}, not ${EVENT_NAME}`);
  }
  const { value, offset } = decode(type, schemaId, framed);
  if (offset !== framed.length) {
    const what = offset < 0 ? 'is cut short' : `has ${framed.length - offset} bytes too many`;
    throw new UndecodableRecord(`a record of schema ${schemaId} ${what}`);
  }
  return value;
}

function decode(type: Type, schemaId: number, framed: Buffer): { value: AnyVersionRecord; offset: number } {
  try {
    return type.decode(framed, HEADER_BYTES);
  } catch (error) {
    throw new UndecodableRecord(`a record that schema ${schemaId} does not describe`, { cause: error });
  }
}
