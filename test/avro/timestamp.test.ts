import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCanonicalTime, readRfc3339Time } from '../../src/avro/timestamp.ts';

const dates = fc.date({
  min: new Date(0),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

test('both readers read what toISOString prints', () => {
  fc.assert(
    fc.property(dates, (date) => {
      const text = date.toISOString();
      expect(readCanonicalTime(text)).toBe(date.getTime());
      expect(readRfc3339Time(text)).toBe(date.getTime());
    }),
    { numRuns: 500 },
  );
});

test('a text that the canonical reader takes is what toISOString prints for its number', () => {
  const digits = fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const damaged = fc
    .tuple(dates, fc.nat(23), fc.string({ minLength: 1, maxLength: 1 }))
    .map(([date, at, unit]) => date.toISOString().slice(0, at) + unit + date.toISOString().slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(digits, damaged), (text) => {
      const timeMs = readCanonicalTime(text);
      if (!Number.isNaN(timeMs)) expect(new Date(timeMs).toISOString()).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

describe('an RFC 3339 date-time in another form', () => {
  test.each([
    ['2026-03-14T15:09:26Z', '2026-03-14T15:09:26.000Z'],
    ['2026-03-14T15:09:26.5Z', '2026-03-14T15:09:26.500Z'],
    ['2026-03-14T15:09:26.535999999Z', '2026-03-14T15:09:26.535Z'],
    ['2026-03-14T15:09:26.535+00:00', '2026-03-14T15:09:26.535Z'],
    ['2026-03-14T15:09:26.535-00:00', '2026-03-14T15:09:26.535Z'],
    ['2026-03-14T15:09:26.535+05:30', '2026-03-14T09:39:26.535Z'],
    ['2026-03-14T15:09:26.535-23:59', '2026-03-15T15:08:26.535Z'],
    ['2026-03-14t15:09:26z', '2026-03-14T15:09:26.000Z'],
    ['2026-03-14 15:09:26Z', '2026-03-14T15:09:26.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['1969-12-31T23:30:00-01:00', '1970-01-01T00:30:00.000Z'],
  ])('%s is read', (text, expected) => {
    expect(readRfc3339Time(text)).toBe(Date.parse(expected));
    expect(readCanonicalTime(text)).toBeNaN();
  });

  test.each(['1969-12-31T23:59:59.999Z', '1970-01-01T00:30:00+01:00', '0050-01-01T00:00:00.000Z'])(
    '%s is negative',
    (text) => {
      expect(readRfc3339Time(text)).toBeLessThan(0);
      expect(readCanonicalTime(text)).toBeNaN();
    },
  );
});

test.each([
  '',
  'yesterday',
  '2026-03-14',
  '2026-03-14T15:09:26.535',
  '2026-03-14T15:09Z',
  '2026-02-30T00:00:00.000Z',
  '2026-02-29T00:00:00.000Z',
  '2100-02-29T00:00:00.000Z',
  '2026-04-31T00:00:00Z',
  '2026-00-10T00:00:00.000Z',
  '2026-13-10T00:00:00.000Z',
  '2026-01-00T00:00:00.000Z',
  '2026-01-01T24:00:00.000Z',
  '2026-01-01T23:60:00.000Z',
  '2026-12-31T23:59:60.000Z',
  '2026-01-01T00:00:00.000+24:00',
  '2026-01-01T00:00:00.000+00:60',
  '2026-01-01T00:00:00.000+0000',
  '2026-01-01T00:00:00,000Z',
  '2026-01-01T00:00:00.Z',
  '2026-1-1T00:00:00Z',
  '+002026-01-01T00:00:00.000Z',
  '10000-01-01T00:00:00.000Z',
  ' 2026-01-01T00:00:00.000Z',
  '2026-01-01T00:00:00.000Z\n',
  '２026-01-01T00:00:00.000Z',
  '1785600000000',
])('%j is no date-time', (text) => {
  expect(readRfc3339Time(text)).toBeNaN();
  expect(readCanonicalTime(text)).toBeNaN();
});
