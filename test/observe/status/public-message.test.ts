import { expect, test } from 'vitest';
import { Secret } from '../../../src/config/secret.ts';
import { ConnectorError, toConnectorError } from '../../../src/errors.ts';
import { publicMessage } from '../../../src/observe/status/public-message.ts';
import { decodeCursor } from '../../../src/stream/cursor-record.ts';
import { readAnswer } from '../../asana/read-answer.ts';

const SECRET = 'ada@example.com';

function thrownBy(work: () => unknown): ConnectorError {
  try {
    work();
  } catch (error) {
    return toConnectorError(error);
  }
  throw new Error('it did not throw');
}
const answer = (status: number, body: string) =>
  thrownBy(() =>
    readAnswer({ status, headers: {}, body: Buffer.from(body) }, undefined, new Secret('token')),
  );

test.each<[string, ConnectorError, string]>([
  [
    'an error of Asana',
    answer(403, `{"errors":[{"message":"${SECRET} may not"}]}`),
    'Asana answered 403 Forbidden',
  ],
  ['the page of a proxy', answer(502, `<h1>${SECRET}</h1>`), 'Asana answered 502 Bad Gateway'],
  ['a status that nobody knows', answer(599, SECRET), 'Asana answered 599'],
  [
    'a page that breaks off',
    answer(200, `{"data":[{"actor":{"email":"${SECRET}`),
    "Asana's answer cannot be read: it is not JSON, or cut off",
  ],
  [
    'a page with something wrong in an event',
    answer(200, `{"data":[{"email":"${SECRET}"x}]}`),
    "Asana's answer cannot be read: it is not JSON, or cut off",
  ],
  [
    'a page of another shape',
    answer(200, `{"date":"${SECRET}"}`),
    "Asana's answer cannot be read: expected an object with an array `data`",
  ],
  [
    'a damaged state record',
    thrownBy(() => decodeCursor('key', Buffer.from(`{"a":"${SECRET}"b}`))),
    'the state record key cannot be read: it is not JSON',
  ],
  [
    'what nobody foresaw',
    toConnectorError(new TypeError(`invalid "string": ${SECRET}`)),
    'something unforeseen happened; the log says what',
  ],
])('of %s nothing of the body is shown', (_what, error, shown) => {
  // Otherwise the case would say nothing.
  expect(error.message.length).toBeGreaterThan(20);
  expect(publicMessage(error)).toBe(shown);
  expect(publicMessage(error)).not.toContain('ada');
});

test.each([
  ['KAFKA_UNAVAILABLE', 'connecting to asana.audit-log-state: connect ECONNREFUSED 127.0.0.1:9092'],
  // It was shown as "Asana answered 100 Continue".
  [
    'ASANA_NO_PROGRESS',
    'Asana answered 100 events of the millisecond 2026-01-31T09:30:00.000Z, and neither an offset nor time leads on',
  ],
] as const)('what is ours stays as it is: %s', (code, message) => {
  expect(publicMessage(new ConnectorError(code, message))).toBe(message);
});

test.each([
  ['an address of a person', `mail to ${SECRET} failed`, 'mail to [redacted] failed'],
  ['a token of Asana', 'with 1/1201234567890123:0123456789abcdef0123456789abcdef', 'with [redacted]'],
  ['a token in a header', 'Authorization: Bearer abc.def', 'Authorization: [redacted]'],
  ['a query', 'GET https://host/path?offset=eyJ0 failed', 'GET https://host/path failed'],
  ['a user and a password', 'http://user:secret@registry/apis', 'http://registry/apis'],
  ['control characters', 'one\u001b[31m\n two', 'one [31m two'],
])('%s is taken out of any message', (_what, message, shown) => {
  expect(publicMessage(new ConnectorError('SCHEMA_REGISTRY_REFUSED', message))).toBe(shown);
});
