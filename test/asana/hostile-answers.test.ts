import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Page } from '../../src/asana/client.ts';
import { Secret } from '../../src/config/secret.ts';
import type { EncodedEvent } from '../../src/encode/encoded-event.ts';
import { ERROR_CODES } from '../../src/error-list.ts';
import { ConnectorError } from '../../src/errors.ts';
import { factsOf, inTimeOrder } from '../../src/stream/events.ts';
import { hostileEventTexts } from '../avro/event-texts.ts';
import { getter, serveTcp } from './http-server.ts';
import { readAnswer } from './read-answer.ts';
import { scriptedAsana } from './scripted-asana.ts';

const { signal } = new AbortController();

const value = fc.oneof(
  fc.json(),
  hostileEventTexts,
  fc.constantFrom('null', '[]', '{}', '""', '1e999', '[[[[]]]]'),
);
const member = (name: string) => value.map((text) => `"${name}":${text}`);
const nextPage = fc.oneof(
  member('next_page'),
  fc
    .webUrl()
    .map((uri) => `"next_page":{"offset":"next","path":"//elsewhere.example","uri":${JSON.stringify(uri)}}`),
  value.map((offset) => `"next_page":{"offset":${offset}}`),
);
const data = fc.array(value, { maxLength: 5 }).map((events) => `"data":[${events.join()}]`);
const page = fc
  .tuple(fc.oneof(data, member('data')), nextPage, member('x'))
  .map((parts) => `{${parts.join()}}`);
/** Of events that are objects at least. */
const likely = fc
  .array(hostileEventTexts, { minLength: 1, maxLength: 5 })
  .map((events) => `{"data":[${events.join()}],"next_page":null}`);
const cut = fc
  .tuple(page, fc.nat(100))
  .map(([text, percent]) => text.slice(0, (text.length * percent) / 100));
const errors = fc
  .array(value, { maxLength: 3 })
  .map((all) => `{"errors":[{"message":${all.join('},{"message":')}}]}`);
const body = fc.oneof(
  { weight: 4, arbitrary: page },
  { weight: 4, arbitrary: likely },
  cut,
  errors,
  value,
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '['.repeat(200_000), `{"data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
);
const answer = fc.record({
  status: fc.oneof({ weight: 3, arbitrary: fc.constant(200) }, fc.integer({ min: 201, max: 599 })),
  body,
  headers: fc.record({
    date: fc.oneof(
      fc.constantFrom('Thu, 01 Jan 1970 00:00:00 GMT', 'Sat, 99 Foo 99999 99:99:99', ''),
      fc.string(),
    ),
    'retry-after': fc.oneof(fc.constantFrom('1e999', '-1', '99999999999999999999', '0x10'), fc.string()),
  }),
});

/** Listed, and with a message that goes to a terminal as it is. */
function expectListed(error: unknown): void {
  expect(error).toBeInstanceOf(ConnectorError);
  const { code, message } = error as ConnectorError;
  expect(ERROR_CODES).toContain(code);
  expect(code, message).not.toBe('INTERNAL');
  expect(message).not.toMatch(/\p{Cc}/u);
  expect(message.length).toBeLessThan(1_000);
}

test('whatever Asana answers becomes records and dead letters, or an error of the list', async () => {
  const seen = { pages: 0, errors: 0 };
  await fc.assert(
    fc.asyncProperty(answer, async (hostile) => {
      const { clock, requests, newClient } = scriptedAsana([hostile]);
      const asked = newClient().fetchPage({ filters: {} }, undefined, signal, () => true);
      const got: Page<EncodedEvent> | ConnectorError = await clock
        .runUntilSettled(asked)
        .catch((error) => error);
      expect(requests.map(({ url }) => url.host)).toEqual(requests.map(() => 'asana.example'));
      if (got instanceof Error) {
        seen.errors++;
        return expectListed(got);
      }
      seen.pages++;
      const events = inTimeOrder(got.events, undefined);
      expect(events).toHaveLength(got.events.length);
      expect(Number.isFinite(factsOf(got, events).asOfMs)).toBe(true);
    }),
    { numRuns: 500 },
  );
  // Otherwise it would have said little.
  expect(Math.min(seen.pages, seen.errors)).toBeGreaterThan(50);
});

// undici's own message for it quotes the answer, line breaks included.
test('an answer 101, which nobody asked for, is an error on one line', async () => {
  const { url } = await serveTcp((socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nx: y\r\n\r\n'));
  const error = await getter({ deadlineMs: 2_000, maxBodyBytes: 1_000 })(url).catch((thrown) => thrown);
  expectListed(error);
});

test('whatever comes over the wire is an answer within its limits, or an error of the list', async () => {
  const line = fc.oneof(
    fc.constantFrom(
      'HTTP/1.1 200 OK',
      'HTTP/1.1 100 Continue',
      'HTTP/1.1 101 Switching Protocols',
      'HTTP/1.1 204 No',
    ),
    fc.constantFrom(
      'content-length: 5',
      'content-length: 99',
      'content-length: -1',
      'transfer-encoding: chunked',
    ),
    fc.constantFrom(
      'content-encoding: gzip',
      'content-encoding: br',
      'connection: close',
      'location: http://127.0.0.1:1/',
    ),
    fc.constantFrom('', '5', 'hello', '0', `x: ${'y'.repeat(20_000)}`, 'z'.repeat(5_000)),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );
  const wire = fc.oneof(
    fc.array(line, { maxLength: 10 }).map((lines) => lines.join('\r\n')),
    fc.array(line, { maxLength: 10 }).map((lines) => `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`),
    fc.uint8Array({ maxLength: 100 }),
  );
  let next: string | Uint8Array = '';
  const { url } = await serveTcp((socket) => socket.end(next));
  const get = getter({ deadlineMs: 2_000, maxBodyBytes: 1_000 });
  await fc.assert(
    fc.asyncProperty(wire, async (sent) => {
      next = sent;
      const got = await get(url).catch((error) => error);
      if (got instanceof Error) return expectListed(got);
      expect(got.body.length).toBeLessThanOrEqual(1_000);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['of empty objects', '{},', 'more objects and arrays'],
  ['of empty arrays', '[],', 'more objects and arrays'],
  ['of nested arrays', '[', 'more objects and arrays'],
  ['of small events', '{"gid":"1","created_at":"2026-03-14T15:09:26.535Z"},', 'a page of'],
])('a page that is full %s is refused, and memory stays', (_what, unit, why) => {
  const body = Buffer.from(`{"data":[${unit.repeat((24 * 1024 * 1024) / unit.length)}{}]}`);
  const before = process.memoryUsage.rss();
  expect(() => readAnswer({ status: 200, headers: {}, body }, undefined, new Secret('token'))).toThrow(
    expect.objectContaining({ code: 'ASANA_ANSWER_INVALID', message: expect.stringContaining(why) }),
  );
  expect(process.memoryUsage.rss() - before).toBeLessThan(600 * 1024 * 1024);
});
