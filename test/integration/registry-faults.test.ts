import { describe, expect, inject, test } from 'vitest';
import { EVENT_SCHEMA } from '../../src/avro/schema.ts';
import { readSchemaId } from '../../src/avro/wire-format.ts';
import { FakeRegistry } from '../avro/fake-registry.ts';
import { timeToNextCommit } from '../faults/progress.ts';
import { environmentFor, eventually, gidsOf, runConnector } from '../support/connector.ts';
import { keysIn, recordsOf } from '../support/topic.ts';
import { type Ending, repeated, simulate, startLive, sweepsOf } from './scene.ts';

const COMMIT_TIMEOUT_MS = 30_000;
const OTHER_SCHEMA = JSON.stringify({ type: 'record', name: 'Other', fields: [] });
const UNTIL_CAUGHT_UP = ['run', '--until-caught-up'];

async function startFake({ onTestFinished }: Ending): Promise<{ registry: FakeRegistry; url: string }> {
  const registry = new FakeRegistry();
  onTestFinished(() => registry.close());
  return { registry, url: await registry.listen() };
}

test('a registry that answers 503, then a proxy’s page, is asked again until it is one, and nothing is written before', async (context) => {
  const source = await simulate(context, { events: 300 });
  const { registry, url } = await startFake(context);
  const written: string[] = [];
  registry.fault = async (_request, response) => {
    // The session is there by then, and so are its topics.
    written.push(...(await keysIn('registry-late.events')));
    const [status, body] = registry.requests.length < 2 ? [503, ''] : [200, '<html>a proxy</html>'];
    response.writeHead(status).end(body);
    if (registry.requests.length >= 3) registry.fault = undefined;
  };
  const environment = environmentFor('registry-late', source, { SCHEMA_REGISTRY_URL: url });

  const { exitCode, stderr } = await runConnector(UNTIL_CAUGHT_UP, environment);

  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain('"code":"SCHEMA_REGISTRY_UNAVAILABLE"');
  expect(registry.requests.length).toBeGreaterThan(3);
  expect(written).toEqual([]);
  expect(await keysIn('registry-late.events')).toEqual(gidsOf(source));
});

test('a subject that holds an incompatible schema ends the run with 1 and the registry’s reason, and nothing is written', async (context) => {
  const source = await simulate(context, { events: 300 });
  const environment = environmentFor('registry-incompatible', source);
  const registry = inject('schemaRegistryUrl');
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
  const subject = 'registry-incompatible.events-value';
  // Of the same name, and with another type for one of its fields.
  const schema = EVENT_SCHEMA.replace('"name":"gid","type":"string"', '"name":"gid","type":"int"');
  expect(schema).not.toBe(EVENT_SCHEMA);
  const set = await fetch(`${registry}/config/${subject}`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({ compatibility: 'FULL_TRANSITIVE' }),
  });
  const registered = await fetch(`${registry}/subjects/${subject}/versions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ schema }),
  });
  expect([set.ok, registered.ok]).toEqual([true, true]);

  const { exitCode, stderr } = await runConnector(UNTIL_CAUGHT_UP, environment);

  expect(stderr).toMatch(
    /subject registry-incompatible\.events-value: .+ \(SCHEMA_INCOMPATIBLE\); next step/,
  );
  expect(exitCode).toBe(1);
  expect(await keysIn('registry-incompatible.events')).toEqual([]);
});

describe.concurrent('a registry that was set up anew and gives other ids', () => {
  const idsIn = async (topic: string) =>
    new Set((await recordsOf(topic)).map(({ value }) => readSchemaId(value ?? Buffer.alloc(0))));

  test.for<[string, (registry: FakeRegistry) => void, number]>([
    ['the former id is another schema’s', (registry) => registry.add('other-value', OTHER_SCHEMA), 2],
    [
      'the former id is unknown',
      (registry) => {
        registry.schemas.length = 100;
      },
      101,
    ],
  ])(
    '%s: records get the new id from the next start on, and what was published before is known by its content',
    async ([what, prepare, newId], context) => {
      const name = `registry-ids-${newId}`;
      const source = await simulate(context, { events: 500, rate: 50 });
      const sweeping = { SWEEP_INTERVAL: '1s', SWEEP_LOOKBACK: '3s' };
      const [before, after] = [await startFake(context), await startFake(context)];
      prepare(after.registry);
      const first = await startLive(
        context,
        environmentFor(name, source, { ...sweeping, SCHEMA_REGISTRY_URL: before.url }),
      );
      await eventually(`live, ${what}`, async () => (await keysIn(`${name}.events`)).length > 650);
      await first.stop(9_000);

      const environment = environmentFor(name, source, { ...sweeping, SCHEMA_REGISTRY_URL: after.url });
      const second = await startLive(context, environment);
      await timeToNextCommit(second, 'after the next start', COMMIT_TIMEOUT_MS);
      await eventually(
        'a sweep has gone over what was published before',
        async () => (await sweepsOf(second)) > 1,
      );
      await source.change({ rate: 0 });
      await eventually(
        'everything is there',
        async () => (await keysIn(`${name}.events`)).length >= gidsOf(source).length,
      );
      await second.stop(9_000);

      expect(await idsIn(`${name}.events`)).toEqual(new Set([1, newId]));
      expect(repeated(await keysIn(`${name}.events`))).toEqual([]);
      expect(await keysIn(`${name}.events`)).toEqual(gidsOf(source));
    },
  );
});
