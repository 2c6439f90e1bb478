import { describe, expect, test } from 'vitest';
import { UndecodableRecord } from '../../src/avro/decoder.ts';
import { resolveSchemaId, writerTypeFetcher } from '../../src/avro/registry.ts';
import { EVENT_NAME, EVENT_SCHEMA } from '../../src/avro/schema.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type FakeRegistry, PREFIX } from './fake-registry.ts';
import { failureOf, registryScene, SUBJECT } from './registry-scene.ts';

const OTHER_SCHEMA = JSON.stringify({ type: 'record', name: 'Other', fields: [] });
const never = new AbortController().signal;
const scene = registryScene();

describe('with autoRegister', () => {
  test('a new subject gets the schema and FULL_TRANSITIVE', async () => {
    expect(await resolveSchemaId(scene.request(), never)).toBe(1);
    expect(scene.registry.subjects.get(SUBJECT)).toEqual([1]);
    expect(scene.registry.levels.get(SUBJECT)).toBe('FULL_TRANSITIVE');
  });

  test('a schema that is registered already is only looked up', async () => {
    scene.registry.add('other', OTHER_SCHEMA);
    scene.registry.add(SUBJECT, EVENT_SCHEMA);
    expect(await resolveSchemaId(scene.request(), never)).toBe(2);
    expect(scene.registry.requests).toEqual([`POST ${PREFIX}/subjects/${SUBJECT}`]);
  });

  test.each(['BACKWARD', 'NONE', 'FULL_TRANSITIVE'])('a subject that is %s stays so', async (level) => {
    scene.registry.add(SUBJECT, OTHER_SCHEMA);
    scene.registry.levels.set(SUBJECT, level);
    expect(await resolveSchemaId(scene.request(), never)).toBe(2);
    expect(scene.registry.levels.get(SUBJECT)).toBe(level);
  });

  test('a level that was set before the first version stays', async () => {
    scene.registry.levels.set(SUBJECT, 'BACKWARD');
    expect(await resolveSchemaId(scene.request(), never)).toBe(1);
    expect(scene.registry.levels.get(SUBJECT)).toBe('BACKWARD');
  });

  test('an existing subject that goes by the global level gets no level of its own', async () => {
    scene.registry.add(SUBJECT, OTHER_SCHEMA);
    expect(await resolveSchemaId(scene.request(), never)).toBe(2);
    expect(scene.registry.levels.has(SUBJECT)).toBe(false);
  });

  test('a schema that the registry finds incompatible is SCHEMA_INCOMPATIBLE, with its reason', async () => {
    scene.registry.verdict = {
      status: 409,
      body: { error_code: 409, message: 'READER_FIELD_MISSING_DEFAULT' },
    };
    const error = await failureOf(resolveSchemaId(scene.request(), never));
    expect(error).toMatchObject({ code: 'SCHEMA_INCOMPATIBLE' });
    expect(error.message).toBe(
      `schema registry ${scene.url}, subject ${SUBJECT}: READER_FIELD_MISSING_DEFAULT`,
    );
  });

  test('a schema that the registry finds invalid is SCHEMA_REGISTRY_REFUSED', async () => {
    scene.registry.verdict = { status: 422, body: { error_code: 42201, message: 'Invalid schema' } };
    expect(await failureOf(resolveSchemaId(scene.request(), never))).toMatchObject({
      code: 'SCHEMA_REGISTRY_REFUSED',
    });
  });
});

describe('without autoRegister', () => {
  const lookUp = () => resolveSchemaId({ ...scene.request(), autoRegister: false }, never);

  test('the id of a registered schema is found', async () => {
    scene.registry.add(SUBJECT, EVENT_SCHEMA);
    expect(await lookUp()).toBe(1);
  });

  test('a schema that is not registered is SCHEMA_NOT_REGISTERED, and nothing is written', async () => {
    scene.registry.add(SUBJECT, OTHER_SCHEMA);
    const error = await failureOf(lookUp());
    expect(error.code).toBe('SCHEMA_NOT_REGISTERED');
    expect(error.message).toBe(`schema registry ${scene.url}, subject ${SUBJECT}: Schema not found`);
    expect(scene.registry.requests).toEqual([`POST ${PREFIX}/subjects/${SUBJECT}`]);
  });
});

type Fault = FakeRegistry['fault'] & {};

describe('a registry that does not answer like one is SCHEMA_REGISTRY_UNAVAILABLE', () => {
  const html =
    (status: number): Fault =>
    (_request, response) =>
      response.writeHead(status).end('<html>a proxy</html>');
  const faults: [string, Fault][] = [
    ['answers 500', html(500)],
    ['answers 503 without a body', (_request, response) => response.writeHead(503).end()],
    ['answers 429', html(429)],
    ['answers 404 with HTML', html(404)],
    ['answers 400 with HTML', html(400)],
    ['answers 200 with HTML', html(200)],
    ['redirects', html(302)],
    ['answers 500 with null', (_request, response) => response.writeHead(500).end('null')],
    [
      'answers 409 with a message that is none',
      (_request, response) => response.writeHead(409).end('{"message":{"toString":1}}'),
    ],
    ['answers null', (_request, response) => response.end('null')],
    ['hangs up', (request) => request.socket.destroy()],
  ];
  test.each(faults)('where it %s', async (_what, fault) => {
    scene.registry.fault = fault;
    const error = await failureOf(resolveSchemaId(scene.request(), never));
    expect(error.code).toBe('SCHEMA_REGISTRY_UNAVAILABLE');
    expect(error.message).toContain(`schema registry ${scene.url}, subject ${SUBJECT}: `);
    expect(scene.registry.requests).toHaveLength(1);
  });

  test('where nothing listens', async () => {
    await scene.registry.close();
    const error = await failureOf(resolveSchemaId(scene.request(), never));
    expect(error.code).toBe('SCHEMA_REGISTRY_UNAVAILABLE');
    expect(error.message).toContain('ECONNREFUSED');
  });
});

/** Resolves when the server has done `fault` to a request. */
function afterFault(fault: Fault): Promise<void> {
  return new Promise((resolve) => {
    scene.registry.fault = (incoming, response) => {
      fault(incoming, response);
      resolve();
    };
  });
}

const stallingFaults: [string, Fault][] = [
  ['never comes', () => undefined],
  ['breaks off', (_request, response) => response.writeHead(200, { 'content-length': 99 }).write('{"id":')],
];
describe.each(stallingFaults)('an answer that %s', (_what, fault) => {
  test('is SCHEMA_REGISTRY_UNAVAILABLE when the deadline passes', async () => {
    const done = afterFault(fault);
    const clock: Clock = { ...systemClock, sleep: () => done };
    const error = await failureOf(resolveSchemaId({ ...scene.request(), clock }, never));
    expect(error.code).toBe('SCHEMA_REGISTRY_UNAVAILABLE');
    expect(error.message).toContain('no answer within 5000 ms');
  });

  test('ends with the reason of the signal when that aborts', async () => {
    const stop = new AbortController();
    const reason = new Error('stopping');
    void afterFault(fault).then(() => stop.abort(reason));
    await expect(resolveSchemaId(scene.request(), stop.signal)).rejects.toBe(reason);
  });

  test('leaves no connection open', async () => {
    const stop = new AbortController();
    const closed = new Promise((resolve) => {
      void afterFault((incoming, response) => {
        incoming.socket.once('close', resolve);
        fault(incoming, response);
      }).then(() => stop.abort());
    });
    await expect(resolveSchemaId(scene.request(), stop.signal)).rejects.toThrow('aborted');
    await closed;
  });
});

test('an answer whose connection was cut in its middle is SCHEMA_REGISTRY_UNAVAILABLE, long before the deadline', async () => {
  scene.registry.fault = (incoming, response) => {
    response.writeHead(200, { 'content-length': 99 }).write('{"id":', () => incoming.socket.destroy());
  };
  const error = await failureOf(resolveSchemaId(scene.request(), never));
  expect(error.code).toBe('SCHEMA_REGISTRY_UNAVAILABLE');
  expect(error.message).toContain('aborted');
});

test.each([
  // It wants a login, and none is configured.
  [
    401,
    'no: it wants a login: set SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD_FILE, or SCHEMA_REGISTRY_TOKEN_FILE',
  ],
  [403, 'no'],
])('a %s is SCHEMA_REGISTRY_REFUSED', async (status, said) => {
  scene.registry.fault = (_request, response) => response.writeHead(status).end('no');
  const error = await failureOf(resolveSchemaId(scene.request(), never));
  expect(error.code).toBe('SCHEMA_REGISTRY_REFUSED');
  expect(error.message).toBe(`schema registry ${scene.url}, subject ${SUBJECT}: ${said}`);
});

describe('a writer schema', () => {
  const fetchType = () => writerTypeFetcher(scene.request(), never);

  test('is found by its id', async () => {
    scene.registry.add(SUBJECT, EVENT_SCHEMA);
    expect((await fetchType()(1)).name).toBe(EVENT_NAME);
  });

  test('of an id that the registry does not know is SCHEMA_NOT_REGISTERED', async () => {
    const error = await failureOf(fetchType()(7));
    expect(error.code).toBe('SCHEMA_NOT_REGISTERED');
    expect(error.message).toBe(`schema registry ${scene.url}, schema 7: Schema not found`);
  });

  test('is asked for once: whoever needs it decides about another try', async () => {
    scene.registry.fault = (_request, response) => response.writeHead(500).end();
    expect((await failureOf(fetchType()(1))).code).toBe('SCHEMA_REGISTRY_UNAVAILABLE');
    expect(scene.registry.requests).toEqual([`GET ${PREFIX}/schemas/ids/1`]);
  });

  test('that refers to others is an UndecodableRecord: ours does not', async () => {
    const answer = { schema: '{"type":"array","items":"Other"}', references: [{ name: 'Other' }] };
    scene.registry.fault = (_request, response) => response.end(JSON.stringify(answer));
    await expect(fetchType()(1)).rejects.toThrow(UndecodableRecord);
  });

  test.each([
    ['JSON', '{"type":"object"}'],
    ['PROTOBUF', 'message Event { string gid = 1; }'],
    ['JSON', 'neither would this compile'],
    ['PROTOBUF', 'nor this'],
  ])('that is not Avro but %s is an UndecodableRecord, and is not compiled', async (schemaType, schema) => {
    scene.registry.fault = (_request, response) => response.end(JSON.stringify({ schemaType, schema }));
    await expect(fetchType()(1)).rejects.toThrow(UndecodableRecord);
  });
});
