/** A real schema registry on loopback (Apicurio, in memory) that speaks Confluent's API. */

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installedFolder, javaCommand } from './java.ts';
import { findFreePorts } from './ports.ts';
import { type ChildHandle, startChild } from './process.ts';
import { waitUntilReady } from './readiness.ts';
import { explainFailedStart, startInFolder } from './start.ts';

export type RegistryOptions = {
  /** Where the registry makes its own folder, which `close` removes; the system's temporary folder by default. */
  folder?: string;
  javaHome?: string;
  logger?: (line: string) => void;
  signal?: AbortSignal;
};

export type SchemaRegistryService = {
  /** The base of Confluent's API, path prefix included. */
  readonly url: string;
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Ends it at once; what was registered is gone. */
  close(): Promise<void>;
};

const START_TIMEOUT_MS = 60_000;

/** Resolves when it lists its subjects. Throws with the end of its log when it does not start. */
export async function startRegistry(options: RegistryOptions = {}): Promise<SchemaRegistryService> {
  const log = options.logger ?? (() => undefined);
  const service = await startInFolder({ name: 'registry', parent: options.folder, log }, (folder) =>
    startOnFreePort(folder, options),
  );
  log(`the schema registry is up on ${service.url}`);
  return service;
}

async function startOnFreePort(
  folder: string,
  { javaHome, signal }: RegistryOptions,
): Promise<SchemaRegistryService> {
  const logFile = join(folder, 'registry.log');
  const [port = 0] = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const child = await startProcess(port, logFile, javaHome);
  const close = async () => {
    child.kill('SIGKILL');
    await child.exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(child, (end) => listsSubjects(url, end), {
      name: `the schema registry on ${url}`,
      timeoutMs: START_TIMEOUT_MS,
      signal,
    });
  } catch (cause) {
    const text = await readFile(logFile, 'utf8');
    await close();
    signal?.throwIfAborted();
    throw explainFailedStart(cause, logFile, text);
  }
  return { url, pid: child.pid, kill: (name) => child.kill(name), close };
}

async function startProcess(
  port: number,
  logFile: string,
  javaHome: string | undefined,
): Promise<ChildHandle> {
  const folder = installedFolder('registry');
  const jar = (await readdir(folder)).find((name) => name.endsWith('-runner.jar'));
  if (!jar)
    throw new Error(`there is no *-runner.jar in ${folder}: remove the folder and run make setup again`);
  return startChild({
    command: javaCommand(javaHome),
    args: [
      ...['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      '-Dquarkus.http.host=127.0.0.1',
      `-Dquarkus.http.port=${port}`,
      // Off today, and it listens on every interface where a later version turns it on.
      '-Dquarkus.management.host=127.0.0.1',
      '-Dquarkus.log.level=WARN',
      ...['-jar', join(folder, jar)],
    ],
    logFile,
  });
}

async function listsSubjects(url: string, signal: AbortSignal): Promise<boolean> {
  const answer = await fetch(`${url}/subjects`, { signal });
  await answer.body?.cancel();
  return answer.ok;
}
