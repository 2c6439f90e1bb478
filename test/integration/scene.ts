/** What a fault test has running while it breaks something: all of it ends with the test. */

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { inject, type TestContext } from 'vitest';
import type { SimulatorOptions } from '../../simulator/options.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { type Environment, type Running, startRunning } from '../faults/connector.ts';
import { eventually } from '../support/connector.ts';

export type Ending = Pick<TestContext, 'onTestFinished'>;

export interface Source extends Simulator {
  change(options: Partial<SimulatorOptions>): Promise<void>;
  /** Requests so far, those answered with 429 included. */
  status(): Promise<{ requests: number; refused: number }>;
}

export async function simulate(
  { onTestFinished }: Ending,
  options: Partial<SimulatorOptions> = {},
): Promise<Source> {
  const simulator = await startSimulator({ days: 80, rate: 0, requestsPerMinute: 0, ...options });
  onTestFinished(() => simulator.close());
  const control = simulator.baseUrl.replace('/api/1.0', '/simulator');
  return {
    baseUrl: simulator.baseUrl,
    get options() {
      return simulator.options;
    },
    truth: () => simulator.truth(),
    close: () => simulator.close(),
    change: async (changed) => {
      const answer = await fetch(`${control}/options`, { method: 'POST', body: JSON.stringify(changed) });
      if (!answer.ok) throw new Error(await answer.text());
    },
    status: async () =>
      (await (await fetch(`${control}/status`)).json()) as { requests: number; refused: number },
  };
}

/** `run`, with its log in a folder of its own. */
export async function startLive({ onTestFinished }: Ending, environment: Environment): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'live-'));
  const connector = await startRunning(environment, join(folder, 'log'));
  onTestFinished(async () => {
    await connector.stop(1_000);
  });
  return connector;
}

/** The sum over all labels. */
export async function metricOf(connector: Running, name: string): Promise<number> {
  const url = /"url":"([^"]+)"/.exec(await connector.log())?.[1];
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
  return lines
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** How many sweeps it has committed. */
export const sweepsOf = (connector: Running): Promise<number> =>
  metricOf(connector, 'asana_audit_sweeps_total');

/** Does something to the brokers as an operator would, without the connector's own code. */
export async function administer<T>(
  work: (admin: ReturnType<Kafka['admin']>) => Promise<T>,
  brokers = inject('kafkaBrokers'),
): Promise<T> {
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/**
 * Resolves when the broker has heard of it. kafkajs would wait, too, but throws where the broker, which has just created the topic by
 * way of its controller, has not heard of it yet.
 */
export async function createTopic(
  topic: string,
  numPartitions: number,
  settings: Record<string, string> = {},
): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await administer((admin) =>
    admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions, configEntries }] }),
  );
  await eventually(`${topic} is there`, async () => {
    return (await administer((admin) => admin.listTopics())).includes(topic);
  });
}

/** Resolves when it is gone: Kafka says that it is deleted before it is. */
export async function deleteTopic(topic: string): Promise<void> {
  await administer((admin) => admin.deleteTopics({ topics: [topic] }));
  await eventually(`${topic} is gone`, async () => {
    return !(await administer((admin) => admin.listTopics())).includes(topic);
  });
}

/** All settings of a topic: those that are not named go back to the brokers' own. */
export const setTopic = (name: string, settings: Record<string, string>, brokers?: string) =>
  administer(
    (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name,
            configEntries: Object.entries(settings).map(([key, value]) => ({ name: key, value })),
          },
        ],
      }),
    brokers,
  );

export const repeated = (keys: readonly string[]): string[] =>
  keys.filter((key, at) => keys.indexOf(key) !== at);
