/** A real schema registry on loopback (Apicurio, in memory) that speaks Confluent's API. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedFolder, javaCommand, lastLines } from './java.ts';
import { findFreePorts } from './ports.ts';
import { type ChildHandle, startChild } from './process.ts';
import { waitUntilReady } from './readiness.ts';

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
const START_ATTEMPTS = 3;

/** Resolves when it lists its subjects. Throws with the end of its log when it does not start. */
export async function startRegistry(options: RegistryOptions = {}): Promise<SchemaRegistryService> {
  const log = options.logger ?? (() => undefined);
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(join(options.folder ?? tmpdir(), 'registry-'));
    const logFile = join(folder, 'registry.log');
    const [port = 0] = await findFreePorts(1);
    const child = await startProcess(port, logFile, options.javaHome);
    const close = async () => {
      child.kill('SIGKILL');
      await child.exited;
      await rm(folder, { recursive: true, force: true });
    };
    const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
    try {
      await waitUntilReady(child, (end) => listsSubjects(url, end), {
        name: `the schema registry on ${url}`,
        timeoutMs: START_TIMEOUT_MS,
        signal: options.signal,
      });
      log(`the schema registry is up on ${url}`);
      return { url, pid: child.pid, kill: (signal) => child.kill(signal), close };
    } catch (cause) {
      const text = await readFile(logFile, 'utf8').catch(() => '');
      await close();
      options.signal?.throwIfAborted();
      const portTaken = /BindException|Address already in use|already bound/.test(text);
      if (!portTaken || attempt === START_ATTEMPTS) {
        throw new Error(`the schema registry did not start; the end of its log:\n${lastLines(text, 20)}`, {
          cause,
        });
      }
      log('another program took the port chosen for the registry; starting again on another');
    }
  }
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
