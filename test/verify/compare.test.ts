import { describe, expect, test } from 'vitest';
import { compare, isClean } from '../../src/verify/compare.ts';
import type { TopicRecord } from '../../src/verify/evidence.ts';
import { verificationJson, verificationReport } from '../../src/verify/report.ts';

const copy = (id: string, hash = id, offset = Number(id)): TopicRecord & { createdAtMs: number } => ({
  id,
  createdAtMs: 0,
  hash,
  partition: 0,
  offset,
  late: false,
});
const source = new Map(['1', '2', '3'].map((id) => [id, copy(id)]));
const all = () => [...source.values()];
const ids = (findings: readonly { id: string }[]) => findings.map(({ id }) => id);

describe('the comparison', () => {
  test('finds nothing wrong with an exact copy', () => {
    const result = compare(source, all(), new Set());
    expect(isClean(result)).toBe(true);
    expect(result).toMatchObject({ sourceEvents: 3, topicRecords: 3, deadLetters: 0 });
  });

  test('finds what is missing, from the source alone', () => {
    const result = compare(source, all().slice(1), new Set());
    expect(ids(result.missing)).toEqual(['1']);
    expect(isClean(result)).toBe(false);
  });

  test('finds what is there twice, and says where', () => {
    const result = compare(source, [...all(), copy('2', '2', 9)], new Set());
    expect(result.duplicate).toEqual([{ id: '2', detail: '0@2 and 0@9' }]);
    expect(isClean(result)).toBe(false);
  });

  test('finds what is altered', () => {
    const result = compare(source, [copy('1', 'other'), copy('2'), copy('3')], new Set());
    expect(ids(result.altered)).toEqual(['1']);
    expect(isClean(result)).toBe(false);
  });

  test('finds what Asana does not have', () => {
    const result = compare(source, [...all(), copy('9')], new Set());
    expect(ids(result.invented)).toEqual(['9']);
    expect(isClean(result)).toBe(false);
  });

  test('does not miss what is in the dead letters, and counts it', () => {
    const result = compare(source, all().slice(1), new Set(['1', 'elsewhere']));
    expect(isClean(result)).toBe(true);
    expect(result.deadLetters).toBe(1);
  });
});

describe('a recorded time that Asana refuses', () => {
  const gaps = [{ fromMs: 10, toMs: 20, reason: 'refused-by-asana' as const }];
  const within = { ...copy('9'), createdAtMs: 10 };

  test('makes what the topic has of it neither invented nor altered, but still there once at most', () => {
    const result = compare(source, [...all(), within], new Set(), { republished: [], gaps });
    expect(isClean(result)).toBe(true);
    expect(result.inGaps).toBe(1);
    const twice = compare(source, [...all(), within, { ...within, offset: 10 }], new Set(), {
      republished: [],
      gaps,
    });
    expect(ids(twice.duplicate)).toEqual(['9']);
  });

  test('excuses nothing outside of it', () => {
    const outside = { ...within, createdAtMs: 20 };
    const result = compare(source, [...all(), outside], new Set(), { republished: [], gaps });
    expect(ids(result.invented)).toEqual(['9']);
  });

  test('is said in the report, with the times, and beside what is proven', () => {
    const result = compare(source, all(), new Set(), { republished: [], gaps });
    const report = verificationReport('77', {
      ...result,
      fromMs: 0,
      toMs: 99,
      provenToMs: 99,
      refused: gaps,
    });
    expect(report).toContain(
      'from 1970-01-01T00:00:00.010Z to 1970-01-01T00:00:00.020Z is a recorded gap: Asana refuses that time, and it was not compared',
    );
    expect(report).toMatch(/proven: .*; but those in gaps are left out/);
  });
});

describe('what an operator did', () => {
  const at = (id: string, createdAtMs: number) => ({ ...copy(id), createdAtMs });
  const events = [at('1', 10), at('2', 20), at('3', 30)];
  const shown = new Map(events.map((event) => [event.id, event]));
  const republished = [{ atMs: 99, fromMs: 20, toMs: 30 }];

  test('published again may be there once more for each time, and not oftener, nor elsewhere', () => {
    const excuses = { republished, gaps: [] };
    const once = compare(shown, [...events, at('2', 20)], new Set(), excuses);
    expect(once).toMatchObject({ republished: 1, duplicate: [] });
    const thrice = compare(shown, [...events, at('2', 20), at('2', 20), at('3', 30)], new Set(), excuses);
    expect(ids(thrice.duplicate)).toEqual(['2', '3']);
    const sinceEver = [...republished, { atMs: 100, fromMs: undefined, toMs: 21 }];
    const again = compare(shown, [...events, ...events.slice(0, 2), at('2', 20)], new Set(), {
      republished: sinceEver,
      gaps: [],
    });
    expect(again).toMatchObject({ republished: 3, duplicate: [] });
  });

  test('left out is not missing within its gap, and missing outside', () => {
    const gaps = [{ fromMs: 10, toMs: 20, reason: 'skipped-by-operator' as const }];
    const result = compare(shown, [], new Set(), { republished: [], gaps });
    expect(result.inGaps).toBe(1);
    expect(ids(result.missing)).toEqual(['2', '3']);
  });

  test('is in the report, beside what is proven', () => {
    const result = compare(shown, [...events, at('2', 20)], new Set(), { republished, gaps: [] });
    const report = verificationReport('77', { ...result, fromMs: 0, toMs: 99, provenToMs: 99, refused: [] });
    expect(report).toContain('of the records, 1 were published again by an operator');
    expect(report).toMatch(/proven: .*; but those that were published again are there again/);
  });
});

describe('a time that the next sweep reads again', () => {
  const at = (id: string, createdAtMs: number) => ({ ...copy(id), createdAtMs });
  const shown = new Map([at('1', 10), at('2', 20), at('3', 30)].map((event) => [event.id, event]));
  const excuses = { republished: [], gaps: [], unswept: { fromMs: 20, toMs: 30 } };
  const result = compare(shown, [], new Set(), excuses);

  // An event that Asana had shown late was called missing, until the next sweep.
  test('makes what is lacking of it pending, and nothing outside', () => {
    expect(ids(result.pending)).toEqual(['2']);
    expect(ids(result.missing)).toEqual(['1', '3']);
  });

  test('is not proven, and nor is it wrong: the report says how far the proof reaches', () => {
    const rest = [at('1', 10), at('3', 30)];
    const compared = compare(shown, rest, new Set(), excuses);
    const verification = { ...compared, fromMs: 0, toMs: 99, provenToMs: 20, refused: [] };
    const report = verificationReport('77', verification);
    expect(isClean(compared)).toBe(true);
    expect(report).toMatch(
      /missing 0, not there yet 1, duplicate 0.*\n {4}not there yet: 2,.*\n.* since 1970-01-01T00:00:00.020Z: .*sweep/,
    );
    expect(report).toMatch(/ {2}proven up to 1970-01-01T00:00:00.020Z \(repeat verify/);
    expect(verificationJson('77', verification)).toMatchObject({
      proven: false,
      proven_to: '1970-01-01T00:00:00.020Z',
      pending: 1,
      missing: 0,
    });
  });
});

test('the report names examples, and says how many more there are', () => {
  const many = new Map(Array.from({ length: 8 }, (_, i) => [`${i}`, copy(`${i}`)]));
  const report = verificationReport('77', {
    ...compare(many, [], new Set()),
    fromMs: 0,
    toMs: 1,
    provenToMs: 1,
    refused: [],
  });
  expect(report).toContain('missing 8, duplicate 0, altered 0, invented 0, out of order 0');
  expect(report.match(/ {4}missing: /g)).toHaveLength(5);
  expect(report).toContain('and 3 more missing');
  expect(report).toContain('NOT proven');
});
