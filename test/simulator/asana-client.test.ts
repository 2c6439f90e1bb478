import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/json.ts';
import { type AsanaReader, asanaReader } from './asana-client.ts';
import { fingerprints, simulate, truthFingerprints, WORKSPACE } from './support.ts';

async function readAll(
  read: AsanaReader,
  options: Readonly<Record<string, string | number>>,
): Promise<JsonObject[]> {
  const events: JsonObject[] = [];
  let offset: string | undefined;
  for (;;) {
    const page = await read(offset === undefined ? options : { ...options, offset });
    if (page.data.length === 0) return events;
    events.push(...page.data);
    offset = page.next_page?.offset;
    if (offset === undefined) return events;
  }
}

test("Asana's client reads exactly the truth, page by page of 1000", async () => {
  // JSON.parse inside the client would round them, and the hashes could not agree.
  const simulator = await simulate({ events: 5_000, bigIntegers: 0 });
  const events = await readAll(asanaReader(simulator, WORKSPACE), {});
  expect(fingerprints(events).toSorted()).toEqual(truthFingerprints(simulator).toSorted());
});

test("Asana's client reads exactly the truth with limit 100 and next_page until exhausted", async () => {
  const simulator = await simulate({ events: 1_234, bigIntegers: 0, nextPage: 'with-limit-until-exhausted' });
  const events = await readAll(asanaReader(simulator, WORKSPACE), { limit: 100 });
  expect(fingerprints(events).toSorted()).toEqual(truthFingerprints(simulator).toSorted());
});

test("Asana's client gets its filters' events only", async () => {
  const simulator = await simulate();
  const events = await readAll(asanaReader(simulator, WORKSPACE), {
    event_type: 'task_deleted',
    actor_type: 'user',
    limit: 7,
  });
  expect(events.length).toBeGreaterThan(50);
  expect(new Set(events.map((event) => event.event_type))).toEqual(new Set(['task_deleted']));
});

test("Asana's client sees the API's error bodies", async () => {
  const simulator = await simulate();
  const rejection = asanaReader(simulator, WORKSPACE, 'wrong')();
  await expect(rejection).rejects.toMatchObject({
    status: 401,
    response: { body: { errors: [{ message: 'Not Authorized' }] } },
  });
});
