/** A running connector that has something to show in every panel, and a real Prometheus that scrapes it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrometheusPrograms } from '../../dev/prometheus/programs.ts';
import { startPrometheus } from '../../dev/prometheus.ts';
import { waitUntil } from '../../dev/wait.ts';
import { startSimulator } from '../../simulator/server.ts';
import { startRunning } from '../faults/connector.ts';
import { environmentFor } from '../support/connector.ts';

export interface PrometheusScene extends AsyncDisposable {
  readonly connectorUrl: string;
  /** What the variables of the dashboard are replaced by. */
  readonly instance: string;
  readonly stream: string;
  /** Of Prometheus' API; throws where it says that something is wrong with the question. */
  ask(path: string, parameters?: Record<string, string>): Promise<unknown>;
}

/** A workspace that Asana does not know: its stream is halted, and the other one goes on. */
export const HALTED_STREAM = '404';

/** Live events, of which some come late; dead letters; a server error now and then; a budget. */
const SOURCE = {
  events: 2_000,
  days: 80,
  rate: 50,
  poison: 0.01,
  lateShare: 0.1,
  lateByMs: 2_000,
  faults: 0.1,
  faultKinds: ['500'],
  requestsPerMinute: 0,
} as const;

export async function openScene(programs: PrometheusPrograms): Promise<PrometheusScene> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-test-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const source = await startSimulator(SOURCE);
  started.defer(() => source.close());
  const [stream = ''] = source.options.workspaces;
  const environment = environmentFor('prometheus', source, {
    // So that the panels of replicas have something to show, too.
    MODE: 'distributed',
    ASANA_WORKSPACES: `${stream},${HALTED_STREAM}`,
    ASANA_REQUESTS_PER_MINUTE: '6000',
    SWEEP_INTERVAL: '2s',
    SWEEP_LOOKBACK: '3s',
  });
  const connector = await startRunning(environment, join(folder, 'connector.log'));
  started.defer(async () => void (await connector.stop(5_000)));
  const connectorUrl = await waitUntil(async () => /"url":"([^"]+)"/.exec(await connector.log())?.[1], {
    what: 'the connector to listen',
    timeoutMs: 30_000,
  });
  const instance = new URL(connectorUrl).host;
  const options = { programs, targets: [instance], scrapeIntervalSeconds: 1, folder };
  const prometheus = await startPrometheus(options);
  started.defer(() => prometheus.close());
  const running = started.move();
  return {
    connectorUrl,
    instance,
    stream,
    ask: (path, parameters = {}) => ask(`${prometheus.url}/api/v1/${path}`, parameters),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function ask(url: string, parameters: Record<string, string>): Promise<unknown> {
  const answer = await fetch(`${url}?${new URLSearchParams(parameters)}`, {
    signal: AbortSignal.timeout(10_000),
  });
  const { status, data, error } = JSON.parse(await answer.text());
  if (status !== 'success') throw new Error(`${error}: ${JSON.stringify(parameters)}`);
  return data;
}
