/** The connector as its users run it: the executable, as a process of its own, on the broker and registry of the run. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { type CommandResult, runCommand } from '../../dev/command.ts';
import { type ChildHandle, startChild } from '../../dev/process.ts';
import type { Simulator } from '../../simulator/server.ts';

const EXECUTABLE = join(import.meta.dirname, '../../bin/asana-audit-kafka');
const RUN_TIMEOUT_MS = 110_000;

export type ConnectorEnvironment = Readonly<Record<string, string>>;

/** What `run` needs to follow `simulator`, with topics and names that start with `name`. */
export function environmentFor(
  name: string,
  simulator: Simulator,
  more: ConnectorEnvironment = {},
): ConnectorEnvironment {
  return {
    PATH: process.env.PATH ?? '',
    ASANA_BASE_URL: simulator.baseUrl,
    ASANA_TOKEN: 'simulator-token',
    ASANA_WORKSPACES: simulator.options.workspaces.join(),
    ASANA_REQUESTS_PER_MINUTE: '0',
    POLL_INTERVAL: '200ms',
    KAFKA_BROKERS: inject('kafkaBrokers'),
    SCHEMA_REGISTRY_URL: inject('schemaRegistryUrl'),
    EVENTS_TOPIC: `${name}.events`,
    STATE_TOPIC: `${name}.state`,
    CONNECTOR_NAME: name,
    HTTP_PORT: '0',
    ...more,
  };
}

/** Runs a command of the connector to its end. */
export function runConnector(args: readonly string[], env: ConnectorEnvironment): Promise<CommandResult> {
  return runCommand({
    command: EXECUTABLE,
    args,
    env,
    timeoutMs: RUN_TIMEOUT_MS,
  });
}

export interface RunningConnector extends ChildHandle {
  /** What it has logged so far, line by line. */
  log(): Promise<string>;
}

/** `run`, until it is stopped or killed. */
export async function startConnector(env: ConnectorEnvironment, logFile: string): Promise<RunningConnector> {
  const child = await startChild({
    command: EXECUTABLE,
    args: ['run'],
    env,
    logFile,
  });
  return Object.assign(child, { log: () => readFile(logFile, 'utf8') });
}

/** The gids of all events that the simulator shows now, sorted. */
export const gidsOf = (simulator: Simulator): string[] => [...simulator.truth()].map(({ gid }) => gid).sort();

/** Resolves once `reached` does not throw and is true; looks again every 100 ms, for a minute at most. */
export async function eventually(what: string, reached: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  for (;;) {
    if (await reached()) return;
    if (Date.now() > deadlineMs) throw new Error(`after a minute, still not: ${what}`);
    await sleep(100);
  }
}
