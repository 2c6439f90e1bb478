import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterMs, serverTimeMs } from '../../src/asana/answer.ts';
import { Secret } from '../../src/config/secret.ts';
import type { ErrorCode } from '../../src/error-list.ts';
import { readAnswer } from './read-answer.ts';

const token = new Secret('1/2:abc');
const answer = (status: number, body: string | Buffer) => ({ status, headers: {}, body: Buffer.from(body) });
const page = (nextPage: string) => answer(200, `{"data":[{"gid":"1"},null]${nextPage}}`);
const errors = (...messages: string[]) =>
  JSON.stringify({ errors: messages.map((message) => ({ message })) });
const invalid = (message = '') =>
  expect.objectContaining({ code: 'ASANA_ANSWER_INVALID', message: expect.stringContaining(message) });

test.each<[number, string | undefined, ErrorCode]>([
  [400, undefined, 'ASANA_REQUEST_REFUSED'],
  [400, 'an offset', 'ASANA_OFFSET_REFUSED'],
  [401, 'an offset', 'ASANA_UNAUTHORIZED'],
  [402, undefined, 'ASANA_FORBIDDEN'],
  [403, 'an offset', 'ASANA_FORBIDDEN'],
  [404, 'an offset', 'ASANA_WORKSPACE_UNKNOWN'],
  [408, undefined, 'ASANA_SERVER_ERROR'],
  [429, 'an offset', 'ASANA_RATE_LIMITED'],
  [500, 'an offset', 'ASANA_SERVER_ERROR'],
  [502, undefined, 'ASANA_SERVER_ERROR'],
  [503, undefined, 'ASANA_SERVER_ERROR'],
  [504, undefined, 'ASANA_SERVER_ERROR'],
  [529, undefined, 'ASANA_SERVER_ERROR'],
  [204, undefined, 'ASANA_REQUEST_REFUSED'],
  [302, undefined, 'ASANA_REQUEST_REFUSED'],
  [410, undefined, 'ASANA_REQUEST_REFUSED'],
])('%i with offset %s is %s, with what Asana says about it', (status, offset, code) => {
  expect(() => readAnswer(answer(status, errors('workspace: Unknown object: 1')), offset, token)).toThrow(
    expect.objectContaining({ code, message: `Asana answered ${status}: workspace: Unknown object: 1` }),
  );
});

test.each([402, 403, 404])(
  'a %i that is none of Asana’s errors is a proxy’s: it does not halt a stream',
  (status) => {
    for (const body of ['<html>Request blocked</html>', '{"error":"blocked"}', '{"errors":"blocked"}', ''])
      expect(() => readAnswer(answer(status, body), undefined, token)).toThrow(
        expect.objectContaining({ code: 'ASANA_SERVER_ERROR', disposition: 'retry-request' }),
      );
  },
);

test.each([
  'offset: Your pagination token has expired.',
  'offset: Your pagination token is invalid.',
  'offset: a text that nobody has seen yet',
])('an offset refused with "%s" means catching up', (message) => {
  expect(() => readAnswer(answer(400, errors(message)), '', token)).toThrow(
    expect.objectContaining({ disposition: 'catch-up' }),
  );
});

test.each([
  [errors('one', 'two'), 'one; two'],
  ['{"errors":[{"message":"Server Error","phrase":"6 sad squid"}]}', 'Server Error / 6 sad squid'],
  ['{"errors":[]}', 'no message'],
  ['{"errors":[null,"x",{}]}', 'no message'],
  ['{"error":"x"}', '{"error":"x"}'],
  ['<html>\n  <h1>502   Bad Gateway</h1>\r\n</html>', '<html> <h1>502 Bad Gateway</h1> </html>'],
  ['', 'no body'],
  [errors('one line\nand \u001b[31manother'), 'one line and [31manother'],
  [Buffer.from([0xff, 0x41]), '\ufffdA'],
  [errors('who sent Bearer 1/2:abc?'), 'who sent Bearer [redacted]?'],
  ['<pre>authorization: Bearer 1/2:abc</pre>', '<pre>authorization: Bearer [redacted]</pre>'],
])('an error body %j is quoted as "%s"', (body, quoted) => {
  expect(() => readAnswer(answer(500, body), undefined, token)).toThrow(`Asana answered 500: ${quoted}`);
});

test('of a long error body only the beginning is quoted, on one line', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ minLength: 400 }),
        fc.string({ minLength: 400 }).map((text) => errors(text)),
      ),
      (body) => {
        expect(() => readAnswer(answer(502, body), undefined, token)).toThrow(
          expect.objectContaining({ message: expect.stringMatching(/^Asana answered 502: [^\n\r]{1,300}$/) }),
        );
      },
    ),
  );
});

test.each([
  ['', null],
  [',"next_page":null', null],
  [',"next_page":{"offset":null}', null],
  [',"next_page":{}', null],
  [',"next_page":{"offset":"eyJ0","path":"/x","uri":"https://elsewhere.example/x"}', 'eyJ0'],
])('a page with %s has the offset %s', (nextPage, offset) => {
  expect(readAnswer(page(nextPage), undefined, token)).toEqual({ events: [{ gid: '1' }, null], offset });
});

test.each([',"next_page":"eyJ0"', ',"next_page":[]', ',"next_page":false', ',"next_page":0'])(
  'a page with %s cannot be read',
  (nextPage) => {
    expect(() => readAnswer(page(nextPage), undefined, token)).toThrow(invalid('`next_page`'));
  },
);

test.each(['""', '1', '{}', 'true', '9007199254740993'])('an offset that is %s cannot be read', (offset) => {
  expect(() => readAnswer(page(`,"next_page":{"offset":${offset}}`), undefined, token)).toThrow(
    invalid('`next_page.offset`'),
  );
});

test.each(['null', '[]', '"data"', '{}', '{"data":null}', '{"data":{}}', '{"data":"[]"}', '1e400'])(
  'a 200 with %s is not a page',
  (body) => {
    expect(() => readAnswer(answer(200, body), undefined, token)).toThrow(invalid('`data`'));
  },
);

test.each(['', '{"data":[', '<html>', '{"data":[]} x', '{"data":[NaN]}'])(
  'a 200 with %j is not JSON: worth another request',
  (body) => {
    expect(() => readAnswer(answer(200, body), undefined, token)).toThrow(
      expect.objectContaining({ code: 'ASANA_ANSWER_INVALID', disposition: 'retry-request' }),
    );
  },
);

test('bytes that are not UTF-8 are refused, not replaced, and do not spoil the next answer', () => {
  const [head, tail] = [Buffer.from('{"data":["'), Buffer.from('"]}')];
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    const body = Buffer.concat([head, Buffer.from(bytes), tail]);
    expect(() => readAnswer(answer(200, body), undefined, token)).toThrow(invalid('utf-8'));
    expect(() => readAnswer(answer(200, body.subarray(0, -3)), undefined, token)).toThrow(invalid('utf-8'));
  }
  expect(readAnswer(answer(200, '{"data":[{"a":"é🚀"}]}'), undefined, token).events).toEqual([{ a: 'é🚀' }]);
});

test('data that holds no event at all is not this endpoint’s answer; among events it is kept for the dead letters', () => {
  expect(() => readAnswer(answer(200, '{"data":[[[]]]}'), undefined, token)).toThrow(
    invalid('holds no event at all'),
  );
  expect(readAnswer(answer(200, '{"data":[7,{}]}'), undefined, token).events).toEqual([7, {}]);
});

test('numbers that a double does not hold survive the reading', () => {
  const { events } = readAnswer(answer(200, '{"data":[{"n":9007199254740993}]}'), undefined, token);
  expect(JSON.stringify(events)).toBe('[{"n":9007199254740993}]');
});

test('nesting beyond the stack is an invalid answer, not a crash', () => {
  const depth = 200_000;
  const body = `{"data":[${'['.repeat(depth)}9007199254740993${']'.repeat(depth)}]}`;
  expect(() => readAnswer(answer(200, body), undefined, token)).toThrow(invalid());
});

const NOW_MS = Date.parse('Sat, 31 Jan 2026 09:30:00 GMT');

test.each([
  ['1', 1_000],
  [' 30 ', 30_000],
  ['0.5', 500],
  ['300', 300_000],
  ['301', 300_000],
  ['86400', 300_000],
  ['9'.repeat(400), 300_000],
  ['Sat, 31 Jan 2026 09:30:42 GMT', 42_000],
  ['Saturday, 31-Jan-26 09:30:42 GMT', 42_000],
  ['Sun, 31 Jan 2038 09:30:00 GMT', 300_000],
])('Retry-After: %s is a wait of %i ms', (header, waitMs) => {
  expect(retryAfterMs(header, NOW_MS)).toBe(waitMs);
});

test.each([
  undefined,
  '',
  '0',
  '-1',
  '-3000',
  '+3000',
  '1e3',
  'Infinity',
  'soon',
  '30s',
  '12/31/2099',
  '2099-01-01',
  'Sat, 31 Jan 2026 09:29:00 GMT',
  'Sat, 31 Jan 2026 99:99:99 GMT',
  ['1', '2'],
])('Retry-After: %j is no wait', (header) => {
  expect(retryAfterMs(header, NOW_MS)).toBeUndefined();
});

test('no Retry-After whatever is a wait beyond five minutes, or no number', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)), (header) => {
      const waitMs = retryAfterMs(header, NOW_MS);
      if (waitMs === undefined) return;
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(300_000);
    }),
  );
});

test('the time of the server is its Date header, and unknown where that is none', () => {
  expect(serverTimeMs('Sat, 31 Jan 2026 09:30:00 GMT')).toBe(NOW_MS);
  expect([undefined, '', '7', 'now', ['a', 'b']].map(serverTimeMs)).toEqual(Array(5).fill(undefined));
});

test('of an answer that is no JSON, nothing is quoted: it may be an event', () => {
  expect(() =>
    readAnswer(answer(200, '{"data":[{"gid":"1","email":somebody@example.com'), undefined, token),
  ).toThrow(
    expect.objectContaining({
      message: "Asana's answer cannot be read: it is not JSON, or cut off",
    }),
  );
});
