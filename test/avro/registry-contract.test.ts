import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveSchemaId } from '../../src/avro/registry.ts';
import { EVENT_SCHEMA } from '../../src/avro/schema.ts';
import { systemClock } from '../../src/clock.ts';
import { FakeRegistry } from './fake-registry.ts';
import { describeRegistry } from './registry-contract.ts';

const registry = new FakeRegistry();
let url = '';
beforeAll(async () => {
  url = await registry.listen();
});
afterAll(() => registry.close());

describeRegistry('the fake registry', () => url);

// Apicurio answers so to the slower of two streams of one process.
test('a 409 to a registration that another one has won is no incompatibility', async () => {
  const subject = 'won-by-another-value';
  registry.fault = (request, response) => {
    const registers = request.method === 'POST' && request.url?.endsWith('/versions');
    if (registers) registry.add(subject, EVENT_SCHEMA);
    if (registers) registry.fault = undefined;
    response.writeHead(registers ? 409 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error_code: registers ? 409 : 40401, message: 'already exists' }));
  };
  const request = {
    url,
    timeoutMs: 5_000,
    clock: systemClock,
    subject,
    schema: EVENT_SCHEMA,
    autoRegister: true,
  };
  expect(await resolveSchemaId(request, new AbortController().signal)).toBeGreaterThan(0);
});
