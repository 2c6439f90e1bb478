/** What can be run against the source: the connector as its users run it, and the yardsticks. */

import { join } from 'node:path';
import { workspaceGids } from '../source/settings.ts';
import type { Stage } from '../stage.ts';
import type { MeasuredCommand } from './measured.ts';

export interface Subject {
  readonly name: string;
  /** @param run names topics and logs */
  command(stage: Stage, run: string): MeasuredCommand;
}

export const eventsTopic = (run: string): string => `${run}.events`;
export const stateTopic = (run: string): string => `${run}.state`;
export const topicsOf = (run: string): string[] => [
  eventsTopic(run),
  stateTopic(run),
  `${eventsTopic(run)}.dead-letters`,
];

const EXECUTABLE = join(import.meta.dirname, '../../bin/asana-audit-kafka');
const COMPILE_CACHE = join(import.meta.dirname, '../../.cache/compiled');
const TIMEOUT_MS = 30 * 60_000;

export interface ConnectorOptions {
  readonly args?: readonly string[];
  readonly workspaces?: number;
  /** Environment variables on top of the defaults, of which only the budget is another: unlimited. */
  readonly env?: Readonly<Record<string, string>>;
}

export function connector({ args, workspaces = 1, env = {} }: ConnectorOptions = {}): Subject {
  return {
    name: 'connector',
    command: (stage, run) => ({
      name: run,
      command: EXECUTABLE,
      args: args ?? ['run', '--until-caught-up'],
      timeoutMs: TIMEOUT_MS,
      env: {
        ASANA_BASE_URL: stage.source.baseUrl,
        ASANA_TOKEN: 'token',
        ASANA_WORKSPACES: workspaceGids(workspaces).join(),
        ASANA_REQUESTS_PER_MINUTE: '0',
        KAFKA_BROKERS: stage.kafka.bootstrapServers,
        SCHEMA_REGISTRY_URL: stage.registryUrl,
        EVENTS_TOPIC: eventsTopic(run),
        STATE_TOPIC: stateTopic(run),
        CONNECTOR_NAME: run,
        HTTP_PORT: '0',
        ...env,
      },
    }),
  };
}

const script = (name: string, file: string): Subject => ({
  name,
  command: (stage, run) => ({
    name: run,
    command: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', join(import.meta.dirname, file)],
    timeoutMs: TIMEOUT_MS,
    env: {
      // As bin/asana-audit-kafka does for the connector.
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      BENCH_SOURCE: `${stage.source.baseUrl}/workspaces/${workspaceGids(1)[0]}/audit_log_events`,
      BENCH_BROKERS: stage.kafka.bootstrapServers,
      BENCH_TOPIC: eventsTopic(run),
      BENCH_STATE_TOPIC: stateTopic(run),
      BENCH_OFFSET_FILE: join(stage.folder, `${run}.offset`),
    },
  }),
});

export const naiveScript = script('naive script', 'naive.ts');
export const prototype = script('5-pages prototype', 'prototype.ts');
