/** The connector as its users run it, on services that a lane names: as a process, and only from outside. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandResult, runCommand } from '../../dev/command.ts';
import { type ChildHandle, startChild } from '../../dev/process.ts';

export const EXECUTABLE = join(import.meta.dirname, '../../bin/asana-audit-kafka');
export const WORKSPACE = '1201234567890123';
export const EVENTS_PARTITIONS = 6;
export const STATE_PARTITIONS = 12;
const CATCH_UP_TIMEOUT_MS = 600_000;
// Above what the source shows late, and short, so that there are many sweeps in a lane.
const SWEEPS = { SWEEP_INTERVAL: '2s', SWEEP_LOOKBACK: '3s' };

export type Environment = Readonly<Record<string, string>>;

export interface Where {
  readonly name: string;
  readonly asanaUrl: string;
  readonly brokers: string;
  readonly registryUrl: string;
}

export const eventsTopicOf = (name: string): string => `${name}.events`;
export const stateTopicOf = (name: string): string => `${name}.state`;

/** Of `run` on these services; short waits, because faults are what it lives with here. */
export function environmentOn(
  { name, asanaUrl, brokers, registryUrl }: Where,
  more: Environment = {},
): Environment {
  return {
    PATH: process.env.PATH ?? '',
    ASANA_BASE_URL: asanaUrl,
    ASANA_TOKEN: 'simulator-token',
    ASANA_WORKSPACES: WORKSPACE,
    ASANA_REQUESTS_PER_MINUTE: '0',
    ASANA_REQUEST_TIMEOUT: '2s',
    POLL_INTERVAL: '200ms',
    KAFKA_BROKERS: brokers,
    SCHEMA_REGISTRY_URL: registryUrl,
    EVENTS_TOPIC: eventsTopicOf(name),
    EVENTS_TOPIC_PARTITIONS: String(EVENTS_PARTITIONS),
    STATE_TOPIC: stateTopicOf(name),
    STATE_TOPIC_PARTITIONS: String(STATE_PARTITIONS),
    CONNECTOR_NAME: name,
    HTTP_PORT: '0',
    ...SWEEPS,
    ...more,
  };
}

/** A command of the connector to its end. */
export function runToEnd(
  args: readonly string[],
  env: Environment,
  timeoutMs: number,
): Promise<CommandResult> {
  return runCommand({ command: EXECUTABLE, args, env, timeoutMs });
}

/** Until it has committed all that Asana showed at the start. Throws where it ends otherwise. */
export async function catchUp(environment: Environment): Promise<void> {
  const { exitCode, stderr } = await runToEnd(['run', '--until-caught-up'], environment, CATCH_UP_TIMEOUT_MS);
  if (exitCode !== 0)
    throw new Error(
      `${environment.CONNECTOR_NAME}: the run ended with ${exitCode}:\n${stderr.slice(-3_000)}`,
    );
}

export interface Running extends ChildHandle {
  /** What it has logged so far. */
  log(): Promise<string>;
  /** Events that this process says it has committed; undefined while it does not answer. */
  committedEvents(): Promise<number | undefined>;
}

/** `run`, until it is stopped or killed; its log is in `logFile`, which is its own. */
export async function startRunning(env: Environment, logFile: string): Promise<Running> {
  const child = await startChild({
    command: EXECUTABLE,
    args: ['run'],
    env,
    logFile,
  });
  const log = () => readFile(logFile, 'utf8');
  let url: string | undefined;
  return Object.assign(child, {
    log,
    committedEvents: async () => {
      try {
        url ??= /"url":"([^"]+)"/.exec(await log())?.[1];
        if (url === undefined) return undefined;
        const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) });
        const [, events] =
          /^asana_audit_events_committed_total\{[^}]*\} (\S+)$/m.exec(await answer.text()) ?? [];
        return events === undefined ? undefined : Number(events);
      } catch {
        return undefined;
      }
    },
  });
}
