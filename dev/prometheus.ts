/** A real Prometheus on loopback that scrapes what it is told to, with the alert rules of ops/. */

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePorts } from './ports.ts';
import { type ChildHandle, startChild } from './process.ts';
import type { PrometheusPrograms } from './prometheus/programs.ts';
import { waitUntilReady } from './readiness.ts';
import { explainFailedStart, startInFolder } from './start.ts';

export type PrometheusOptions = {
  programs: PrometheusPrograms;
  /** `host:port` of each page to scrape, under the job that the rules and the dashboard are used to. */
  targets: readonly string[];
  scrapeIntervalSeconds: number;
  /** Where it makes its own folder, which `close` removes; the system's temporary folder by default. */
  folder?: string;
  logger?: (line: string) => void;
  signal?: AbortSignal;
};

export type PrometheusService = {
  /** `http://host:port` */
  readonly url: string;
  readonly pid: number;
  /** Ends it; what it has scraped is gone. */
  close(): Promise<void>;
};

const START_TIMEOUT_MS = 30_000;
const RULES = join(import.meta.dirname, '..', 'ops', 'prometheus', 'asana-audit-kafka.rules.yml');

/** Resolves when it answers queries. Throws with the end of its log when it does not start. */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusService> {
  const log = options.logger ?? (() => undefined);
  const service = await startInFolder({ name: 'prometheus', parent: options.folder, log }, (folder) =>
    startOnFreePort(folder, options),
  );
  log(`Prometheus is up on ${service.url}`);
  return service;
}

async function startOnFreePort(folder: string, options: PrometheusOptions): Promise<PrometheusService> {
  const logFile = join(folder, 'prometheus.log');
  const [port = 0] = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  await writeFile(join(folder, 'prometheus.yml'), configuration(options));
  const child = await startProcess(folder, port, logFile, options.programs);
  const close = async () => {
    child.kill('SIGKILL');
    await child.exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(child, async (end) => (await fetch(`${url}/-/ready`, { signal: end })).ok, {
      name: `Prometheus on ${url}`,
      timeoutMs: START_TIMEOUT_MS,
      signal: options.signal,
    });
  } catch (cause) {
    const text = await readFile(logFile, 'utf8');
    await close();
    options.signal?.throwIfAborted();
    throw explainFailedStart(cause, logFile, text);
  }
  return { url, pid: child.pid, close };
}

function startProcess(
  folder: string,
  port: number,
  logFile: string,
  { prometheus, args }: PrometheusPrograms,
): Promise<ChildHandle> {
  return startChild({
    command: prometheus,
    args: [
      ...args,
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    // Two cores are shared with a broker and the connector.
    env: { ...process.env, GOMAXPROCS: '1' },
    logFile,
  });
}

/** JSON is YAML. */
function configuration({ targets, scrapeIntervalSeconds }: PrometheusOptions): string {
  const interval = `${scrapeIntervalSeconds}s`;
  return JSON.stringify({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: '5s' },
    rule_files: [RULES],
    scrape_configs: [{ job_name: 'asana-audit-kafka', static_configs: [{ targets }] }],
  });
}
