/** A fake registry for each test, and how it is asked. */

import { afterEach, beforeEach, expect } from 'vitest';
import { EVENT_SCHEMA } from '../../src/avro/schema.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { ConnectorError } from '../../src/errors.ts';
import { FakeRegistry } from './fake-registry.ts';

export const SUBJECT = 'asana.audit-log-events-value';

/** Waits only until it is told to stop: no deadline ever passes. */
const patientClock: Clock = {
  ...systemClock,
  sleep: (_delayMs, signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
};

export function registryScene() {
  const scene = {
    registry: new FakeRegistry(),
    url: '',
    request: () => ({
      url: scene.url,
      timeoutMs: 5_000,
      clock: patientClock,
      subject: SUBJECT,
      schema: EVENT_SCHEMA,
      autoRegister: true,
    }),
  };
  beforeEach(async () => {
    scene.registry = new FakeRegistry();
    scene.url = await scene.registry.listen();
  });
  afterEach(() => scene.registry.close());
  return scene;
}

export async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const error = await work.then(
    () => 'nothing was thrown',
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectorError);
  return error;
}
