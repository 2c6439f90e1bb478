/** What the connector needs of a schema registry: the real one and the fake of the unit tests must both be so. */

import { describe, expect, test } from 'vitest';
import { resolveSchemaId, type SchemaRequest, writerTypeFetcher } from '../../src/avro/registry.ts';
import { EVENT_NAME, EVENT_SCHEMA } from '../../src/avro/schema.ts';
import { systemClock } from '../../src/clock.ts';

const never = new AbortController().signal;

/** `url` is asked for when a test runs; each test uses a subject of its own. */
export function describeRegistry(name: string, url: () => string): void {
  const request = (subject: string, parts: Partial<SchemaRequest> = {}): SchemaRequest => ({
    url: url(),
    timeoutMs: 20_000,
    clock: systemClock,
    subject: `contract-${subject}-value`,
    schema: EVENT_SCHEMA,
    autoRegister: true,
    ...parts,
  });

  describe(name, () => {
    test('registers a schema under a new subject, and gives the same id ever after', async () => {
      const schemaId = await resolveSchemaId(request('new'), never);
      expect(await resolveSchemaId(request('new'), never)).toBe(schemaId);
      expect(await resolveSchemaId(request('new', { autoRegister: false }), never)).toBe(schemaId);
    });

    test('gives one id to all who register at once', async () => {
      const ids = await Promise.all(Array.from({ length: 6 }, () => resolveSchemaId(request('race'), never)));
      expect(new Set(ids).size).toBe(1);
    });

    test('registers nothing where it may only look up', async () => {
      await expect(resolveSchemaId(request('unknown', { autoRegister: false }), never)).rejects.toMatchObject(
        { code: 'SCHEMA_NOT_REGISTERED' },
      );
    });

    test('gives the schema back by its id', async () => {
      const schemaId = await resolveSchemaId(request('by-id'), never);
      const connection = { url: url(), timeoutMs: 20_000, clock: systemClock };
      expect((await writerTypeFetcher(connection, never)(schemaId)).name).toBe(EVENT_NAME);
    });

    test('says that it does not know an id', async () => {
      const connection = { url: url(), timeoutMs: 20_000, clock: systemClock };
      await expect(writerTypeFetcher(connection, never)(987_654)).rejects.toMatchObject({
        code: 'SCHEMA_NOT_REGISTERED',
      });
    });
  });
}
