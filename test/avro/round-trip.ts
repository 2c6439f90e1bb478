import { createDecoder } from '../../src/avro/decoder.ts';
import type { EventRecord } from '../../src/avro/event-record.ts';
import { toRecord } from '../../src/avro/mapping.ts';
import { EVENT_TYPE } from '../../src/avro/schema.ts';
import { EventSerializer } from '../../src/avro/serializer.ts';
import { toEvent } from '../../src/avro/to-event.ts';
import type { JsonObject, JsonValue } from '../../src/json.ts';

export const WORKSPACE_GID = '1200000000000001';

/** The record of an event that has to have one. */
export function recordOf(event: JsonValue): EventRecord {
  const { record, unmappable } = toRecord(event, WORKSPACE_GID);
  if (unmappable !== undefined) throw new Error(`${unmappable.code}: ${unmappable.message}`);
  return record;
}

/** The event after its way through record, bytes and record. */
export async function roundTrip(event: JsonValue): Promise<JsonObject> {
  const decode = createDecoder(async () => EVENT_TYPE);
  return toEvent(await decode(new EventSerializer(1).encode(recordOf(event))));
}
