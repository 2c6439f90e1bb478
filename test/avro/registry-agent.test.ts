import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { UndecodableRecord } from '../../src/avro/decoder.ts';
import { resolveSchemaId, writerTypeFetcher } from '../../src/avro/registry.ts';
import { ConnectorError } from '../../src/errors.ts';
import { FakeRegistry } from './fake-registry.ts';
import { failureOf, registryScene, SUBJECT } from './registry-scene.ts';

const never = new AbortController().signal;
const scene = registryScene();

test('an answer that does not end is given up at a megabyte, and long before the deadline', async () => {
  let sentBytes = 0;
  scene.registry.fault = (incoming, response) => {
    const more = () => {
      if (incoming.socket.destroyed) return;
      sentBytes += 65_536;
      response.write('x'.repeat(65_536), more);
    };
    more();
  };
  const error = await failureOf(resolveSchemaId(scene.request(), never));
  expect(error.code).toBe('SCHEMA_REGISTRY_UNAVAILABLE');
  expect(error.message).toBe(
    `schema registry ${scene.url}, subject ${SUBJECT}: an answer of more than 1048576 bytes`,
  );
  expect(sentBytes).toBeLessThan(32 * 1024 * 1024);
});

test('a redirect is not followed', async () => {
  const elsewhere = new FakeRegistry();
  const location = await elsewhere.listen();
  onTestFinished(() => elsewhere.close());
  for (const status of [301, 302, 303, 307, 308]) {
    scene.registry.fault = (_request, response) => response.writeHead(status, { location }).end();
    await failureOf(resolveSchemaId(scene.request(), never));
  }
  expect(elsewhere.requests).toEqual([]);
});

test('whatever a registry answers, it is an id or an error of the list', async () => {
  const json = fc.oneof(
    fc.json(),
    fc.record({ id: fc.anything() }).map((value) => JSON.stringify(value) ?? ''),
    fc.constantFrom(
      '{"id":1e999}',
      '{"id":"1"}',
      '{"id":1.5}',
      `${'['.repeat(50_000)}`,
      '{"schema":"{}"}',
      'null',
      '[]',
      '{"message":{"toString":1}}',
      '{"toString":1}',
    ),
  );
  const answers = fc.record({
    status: fc.constantFrom(200, 200, 204, 301, 400, 404, 409, 422, 500, 599),
    body: fc.oneof(json, fc.string({ unit: 'binary' })),
  });
  await fc.assert(
    fc.asyncProperty(answers, async ({ status, body }) => {
      scene.registry.fault = (_request, response) => response.writeHead(status).end(body);
      const seen = await resolveSchemaId(scene.request(), never).catch((error) => error);
      if (seen instanceof ConnectorError) expect(seen.code).toMatch(/^SCHEMA_/);
      else expect(Number.isInteger(seen)).toBe(true);
      const type = await writerTypeFetcher(scene.request(), never)(1).catch((error) => error);
      if (type instanceof ConnectorError) expect(type.code).toMatch(/^SCHEMA_/);
      else if (type instanceof Error) expect(type).toBeInstanceOf(UndecodableRecord);
    }),
    { numRuns: 100 },
  );
});
