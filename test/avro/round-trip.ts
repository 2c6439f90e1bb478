import { AvroBytes } from '../../src/avro/avro-bytes.ts';
import { createDecoder } from '../../src/avro/decoder.ts';
import type { EventRecord } from '../../src/avro/event-record.ts';
import { toRecord } from '../../src/avro/mapping.ts';
import { writeRecord } from '../../src/avro/record-writer.ts';
import { EVENT_TYPE } from '../../src/avro/schema.ts';
import { toEvent } from '../../src/avro/to-event.ts';
import { writeHeader } from '../../src/avro/wire-format.ts';
import type { JsonObject, JsonValue } from '../../src/json.ts';

export const WORKSPACE_GID = '1200000000000001';

/** The record of an event that has to have one. */
export function recordOf(event: JsonValue): EventRecord {
  const { record, unmappable } = toRecord(event, WORKSPACE_GID);
  if (unmappable !== undefined) throw new Error(`${unmappable.code}: ${unmappable.message}`);
  return record;
}

/** A record as the value of the topic. */
export function framed(record: EventRecord, schemaId: number): Buffer {
  const bytes = new AvroBytes();
  writeRecord(bytes, record);
  const value = bytes.copy();
  writeHeader(value, 0, schemaId);
  return value;
}

/** The event after its way through record, bytes and record. */
export async function roundTrip(event: JsonValue): Promise<JsonObject> {
  const decode = createDecoder(async () => EVENT_TYPE);
  return toEvent(await decode(framed(recordOf(event), 1)));
}
