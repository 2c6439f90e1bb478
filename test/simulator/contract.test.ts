import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ask, type Query, readChain, simulate } from './support.ts';

const contract = parse(readFileSync(new URL('contract/asana-audit-oas.yaml', import.meta.url), 'utf8'));

function validator(pointer: string) {
  const ajv = new Ajv.Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'contract', ...contract });
  return (text: string): unknown => {
    const validate = ajv.getSchema(`contract#${pointer}`);
    if (validate === undefined) throw new Error(`the contract has no ${pointer}`);
    return validate(JSON.parse(text)) ? [] : validate.errors;
  };
}

const PAGE =
  '/paths/~1workspaces~1%7Bworkspace_gid%7D~1audit_log_events/get/responses/200/content/application~1json/schema';
const problemsOfPage = validator(PAGE);
const problemsOfError = validator('/components/schemas/ErrorResponse');

test('the check sees a page that breaks the contract', () => {
  expect(problemsOfPage('{"data":[{"gid":7}],"next_page":null}')).toHaveLength(1);
});

test('every page of a backlog with all kinds of events keeps to the OpenAPI contract', async () => {
  const simulator = await simulate({ events: 10_000, unknownFields: 0.2, bigIntegers: 0.05 });
  const { replies } = await readChain(simulator);
  expect(replies).toHaveLength(11);
  for (const { text } of replies) expect(problemsOfPage(text)).toEqual([]);
});

test('an empty first page, with next_page null, keeps to the contract', async () => {
  const simulator = await simulate({ events: 0 });
  const { text, events, nextPage } = await ask(simulator);
  expect([events.length, nextPage, problemsOfPage(text)]).toEqual([0, null, []]);
});

const refused: readonly [string, number, Query, { token?: string; workspace?: string }][] = [
  ['a wrong token', 401, {}, { token: 'no' }],
  ['an unknown workspace', 404, {}, { workspace: '42' }],
  ['a bad limit', 400, { limit: '0' }, {}],
  ['a bad offset', 400, { offset: 'x' }, {}],
  ['a bad time', 400, { start_at: 'yesterday' }, {}],
];

test.each(refused)(
  'the error body for %s keeps to the contract and has no phrase',
  async (_, status, query, who) => {
    const reply = await ask(await simulate(), query, who);
    expect(reply.status).toBe(status);
    expect(problemsOfError(reply.text)).toEqual([]);
    expect(Object.keys(JSON.parse(reply.text).errors[0])).toEqual(['message', 'help']);
  },
);

test.each(['500', '502', '503', '504'] as const)(
  'the body of a %s keeps to the contract, phrase on 500 only',
  async (kind) => {
    const reply = await ask(await simulate({ faults: 1, faultKinds: [kind] }));
    expect(reply.status).toBe(Number(kind));
    expect(problemsOfError(reply.text)).toEqual([]);
    expect('phrase' in JSON.parse(reply.text).errors[0]).toBe(kind === '500');
  },
);
