import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UndecodableRecord } from '../../src/avro/decoder.ts';
import { resolveSchemaId, writerTypeFetcher } from '../../src/avro/registry.ts';
import { EVENT_NAME, EVENT_SCHEMA } from '../../src/avro/schema.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { ConnectorError } from '../../src/errors.ts';
import { FakeRegistry, PREFIX } from './fake-registry.ts';

const SUBJECT = 'asana.audit-log-events-value';
const OTHER_SCHEMA = JSON.stringify({ type: 'record', name: 'Other', fields: [] });
const never = new AbortController().signal;
/** Waits only until it is told to stop: no deadline ever passes. */
const patientClock: Clock = {
  ...systemClock,
  sleep: (_delayMs, signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
};

let registry: FakeRegistry;
let url: string;

beforeEach(async () => {
  registry = new FakeRegistry();
  url = await registry.listen();
});
afterEach(() => registry.close());

const request = () => ({
  url,
  timeoutMs: 5_000,
  clock: patientClock,
  subject: SUBJECT,
  schema: EVENT_SCHEMA,
  autoRegister: true,
});

async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const error = await work.then(
    () => 'nothing was thrown',
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectorError);
  return error;
}

describe('with autoRegister', () => {
  test('a new subject gets the schema and FULL_TRANSITIVE', async () => {
    expect(await resolveSchemaId(request(), never)).toBe(1);
    expect(registry.subjects.get(SUBJECT)).toEqual([1]);
    expect(registry.levels.get(SUBJECT)).toBe('FULL_TRANSITIVE');
  });

  test('a schema that is registered already is only looked up', async () => {
    registry.add('other', OTHER_SCHEMA);
    registry.add(SUBJECT, EVENT_SCHEMA);
    expect(await resolveSchemaId(request(), never)).toBe(2);
    expect(registry.requests).toEqual([`POST ${PREFIX}/subjects/${SUBJECT}`]);
  });

  test.each(['BACKWARD', 'NONE', 'FULL_TRANSITIVE'])('a subject that is %s stays so', async (level) => {
    registry.add(SUBJECT, OTHER_SCHEMA);
    registry.levels.set(SUBJECT, level);
    expect(await resolveSchemaId(request(), never)).toBe(2);
    expect(registry.levels.get(SUBJECT)).toBe(level);
  });

  test('a level that was set before the first version stays', async () => {
    registry.levels.set(SUBJECT, 'BACKWARD');
    expect(await resolveSchemaId(request(), never)).toBe(1);
    expect(registry.levels.get(SUBJECT)).toBe('BACKWARD');
  });

  test('an existing subject that goes by the global level gets no level of its own', async () => {
    registry.add(SUBJECT, OTHER_SCHEMA);
    expect(await resolveSchemaId(request(), never)).toBe(2);
    expect(registry.levels.has(SUBJECT)).toBe(false);
  });

  test('a schema that the registry finds incompatible is SCHEMA_INCOMPATIBLE, with its reason', async () => {
    registry.verdict = { status: 409, body: { error_code: 409, message: 'READER_FIELD_MISSING_DEFAULT' } };
    const error = await failureOf(resolveSchemaId(request(), never));
    expect(error).toMatchObject({ code: 'SCHEMA_INCOMPATIBLE' });
    expect(error.message).toBe(`schema registry ${url}, subject ${SUBJECT}: READER_FIELD_MISSING_DEFAULT`);
  });

  test('a schema that the registry finds invalid is SCHEMA_REGISTRY_REFUSED', async () => {
    registry.verdict = { status: 422, body: { error_code: 42201, message: 'Invalid schema' } };
    expect(await failureOf(resolveSchemaId(request(), never))).toMatchObject({
      code: 'SCHEMA_REGISTRY_REFUSED',
    });
  });
});

describe('without autoRegister', () => {
  const lookUp = () => resolveSchemaId({ ...request(), autoRegister: false }, never);

  test('the id of a registered schema is found', async () => {
    registry.add(SUBJECT, EVENT_SCHEMA);
    expect(await lookUp()).toBe(1);
  });

  test('a schema that is not registered is SCHEMA_NOT_REGISTERED, and nothing is written', async () => {
    registry.add(SUBJECT, OTHER_SCHEMA);
    const error = await failureOf(lookUp());
    expect(error.code).toBe('SCHEMA_NOT_REGISTERED');
    expect(error.message).toBe(`schema registry ${url}, subject ${SUBJECT}: Schema not found`);
    expect(registry.requests).toEqual([`POST ${PREFIX}/subjects/${SUBJECT}`]);
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
    registry.fault = fault;
    const error = await failureOf(resolveSchemaId(request(), never));
    expect(error.code).toBe('SCHEMA_REGISTRY_UNAVAILABLE');
    expect(error.message).toContain(`schema registry ${url}, subject ${SUBJECT}: `);
    expect(registry.requests).toHaveLength(1);
  });

  test('where nothing listens', async () => {
    await registry.close();
    const error = await failureOf(resolveSchemaId(request(), never));
    expect(error.code).toBe('SCHEMA_REGISTRY_UNAVAILABLE');
    expect(error.message).toContain('ECONNREFUSED');
  });
});

/** Resolves when the server has done `fault` to a request. */
function afterFault(fault: Fault): Promise<void> {
  return new Promise((resolve) => {
    registry.fault = (incoming, response) => {
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
    const error = await failureOf(resolveSchemaId({ ...request(), clock }, never));
    expect(error.code).toBe('SCHEMA_REGISTRY_UNAVAILABLE');
    expect(error.message).toContain('no answer within 5000 ms');
  });

  test('ends with the reason of the signal when that aborts', async () => {
    const stop = new AbortController();
    const reason = new Error('stopping');
    void afterFault(fault).then(() => stop.abort(reason));
    await expect(resolveSchemaId(request(), stop.signal)).rejects.toBe(reason);
  });

  test('leaves no connection open', async () => {
    const stop = new AbortController();
    const closed = new Promise((resolve) => {
      void afterFault((incoming, response) => {
        incoming.socket.once('close', resolve);
        fault(incoming, response);
      }).then(() => stop.abort());
    });
    await expect(resolveSchemaId(request(), stop.signal)).rejects.toThrow('aborted');
    await closed;
  });
});

test('an answer whose connection was cut in its middle is SCHEMA_REGISTRY_UNAVAILABLE, long before the deadline', async () => {
  registry.fault = (incoming, response) => {
    response.writeHead(200, { 'content-length': 99 }).write('{"id":', () => incoming.socket.destroy());
  };
  const error = await failureOf(resolveSchemaId(request(), never));
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
  registry.fault = (_request, response) => response.writeHead(status).end('no');
  const error = await failureOf(resolveSchemaId(request(), never));
  expect(error.code).toBe('SCHEMA_REGISTRY_REFUSED');
  expect(error.message).toBe(`schema registry ${url}, subject ${SUBJECT}: ${said}`);
});

describe('a writer schema', () => {
  const fetchType = () => writerTypeFetcher(request(), never);

  test('is found by its id', async () => {
    registry.add(SUBJECT, EVENT_SCHEMA);
    expect((await fetchType()(1)).name).toBe(EVENT_NAME);
  });

  test('of an id that the registry does not know is SCHEMA_NOT_REGISTERED', async () => {
    const error = await failureOf(fetchType()(7));
    expect(error.code).toBe('SCHEMA_NOT_REGISTERED');
    expect(error.message).toBe(`schema registry ${url}, schema 7: Schema not found`);
  });

  test('is asked for once: whoever needs it decides about another try', async () => {
    registry.fault = (_request, response) => response.writeHead(500).end();
    expect((await failureOf(fetchType()(1))).code).toBe('SCHEMA_REGISTRY_UNAVAILABLE');
    expect(registry.requests).toEqual([`GET ${PREFIX}/schemas/ids/1`]);
  });

  test('that is not Avro is an UndecodableRecord', async () => {
    registry.fault = (_request, response) =>
      response.end(JSON.stringify({ schemaType: 'JSON', schema: '{"type":"object"}' }));
    await expect(fetchType()(1)).rejects.toThrow(UndecodableRecord);
  });
});
