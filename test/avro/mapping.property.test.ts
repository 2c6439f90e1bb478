import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventRecord } from '../../src/avro/event-record.ts';
import { canonicalJson } from '../../src/canonical-json.ts';
import { parseJson } from '../../src/json.ts';
import { exactEventTexts, hostileEventTexts } from './event-texts.ts';
import { recordOf, roundTrip } from './round-trip.ts';

async function expectUnchanged(text: string) {
  const sent = parseJson(text);
  const received = await roundTrip(sent);
  expect(canonicalJson(received)).toBe(canonicalJson(sent));
  expect(isDeepStrictEqual(received, sent)).toBe(true);
}

test('any JSON object with an id and a time comes back from its record as it was', async () => {
  await fc.assert(fc.asyncProperty(hostileEventTexts, expectUnchanged), { numRuns: 2_000 });
});

test('fields and JSON texts alone give back any event that they hold exactly, without original_json', async () => {
  await fc.assert(
    fc.asyncProperty(exactEventTexts, async (text) => {
      expect(recordOf(parseJson(text)).original_json).toBeNull();
      await expectUnchanged(text);
    }),
    { numRuns: 2_000 },
  );
});

test('a property is held by its field or by additional_properties, never by both', () => {
  fc.assert(
    fc.property(hostileEventTexts, (text) => {
      expect(heldTwice(recordOf(parseJson(text)))).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

/** Names held twice, at any level. */
function heldTwice(record: EventRecord): string[] {
  // Two fields are ours, so that a property of that name stands beside them; created_at may have its text beside its number.
  const { workspace_gid: _, original_json: __, created_at: ___, ...fields } = record;
  const { actor, resource, details, context } = record;
  const records = [fields, actor, resource, details, details?.group, context];
  return records.filter((child) => child != null).flatMap(namesHeldTwice);
}

function namesHeldTwice(record: { additional_properties: Readonly<Record<string, string>> }): string[] {
  return Object.entries(record)
    .filter(([name, held]) => held !== null && name !== 'additional_properties')
    .map(([name]) => name)
    .filter((name) => Object.hasOwn(record.additional_properties, name));
}

test('whatever the event holds, the strings of its record are text that UTF-8 can hold', () => {
  fc.assert(
    fc.property(hostileEventTexts, (text) => {
      expect(malformedStrings(recordOf(parseJson(text)))).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

function malformedStrings(value: unknown): string[] {
  if (typeof value === 'string') return value.isWellFormed() ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flat().flatMap(malformedStrings);
}
