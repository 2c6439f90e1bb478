/** A network that fails between the connector and each of its three services. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startConcurrentReader } from './concurrent-reader.ts';
import { type Environment, environmentOn, type Running, startRunning } from './connector.ts';
import { type LanePorts, type LaneReport, NOTHING_DONE } from './lane.ts';
import { timeToNextCommit } from './progress.ts';
import { type ProxiedKafka, startProxiedKafka } from './proxied-kafka.ts';
import { startSource } from './source.ts';
import { takeStock } from './stock.ts';
import { type NetworkFault, TcpProxy } from './tcp-proxy.ts';

export interface NetworkPlan {
  /** Of each fault. */
  readonly lastsMs: number;
  readonly rounds: number;
  readonly events: number;
  readonly rate: number;
}

const NAME = 'network';

export const NETWORK_FAULTS: readonly NetworkFault[] = [
  { kind: 'reset' },
  { kind: 'hang' },
  { kind: 'half-open' },
  { kind: 'latency', delayMs: 2_000 },
  { kind: 'trickle', bytesPerSecond: 16_000 },
];

/**
 * Longest stall after a fault is lifted: the timeout of what was under way, and the longest wait before it is tried again.
 * Kafka: 20 s a request and 15 s; the registry: 10 s and 15 s; Asana: 2 s (ASANA_REQUEST_TIMEOUT) and 30 s. A second for the look.
 */
export const STALL_BOUND_MS = { kafka: 36_000, registry: 26_000, asana: 33_000 } as const;
const START_TIMEOUT_MS = 60_000;
const UNNOTICED_MS = 5_000;

type Service = keyof typeof STALL_BOUND_MS;

interface Case {
  readonly what: string;
  readonly service: Service;
  readonly fault: NetworkFault;
  /** Is the connector started while it lasts? Else it runs before. */
  readonly atStart: boolean;
}

/** The registry is asked at the start of a session alone. */
const CASES: readonly Case[] = [
  ...NETWORK_FAULTS.flatMap((fault): Case[] => [
    { what: `Asana: ${fault.kind}`, service: 'asana', fault, atStart: false },
    { what: `Kafka: ${fault.kind}`, service: 'kafka', fault, atStart: false },
    { what: `registry in the middle: ${fault.kind}`, service: 'registry', fault, atStart: false },
    { what: `registry at the start: ${fault.kind}`, service: 'registry', fault, atStart: true },
  ]),
  { what: 'Kafka down at the start', service: 'kafka', fault: { kind: 'reset' }, atStart: true },
];

type Proxies = Readonly<Record<Service, TcpProxy>>;

export async function networkLane(plan: NetworkPlan, ports: LanePorts): Promise<LaneReport> {
  const { registryUrl, folder, progress } = ports;
  const kafka = await startProxiedKafka(() => 'pass');
  const reader = startConcurrentReader(NAME, kafka.direct);
  try {
    const source = await startSource(
      { events: plan.events, rate: plan.rate, 'requests-per-minute': 0 },
      folder,
      NAME,
    );
    const proxies: Proxies = {
      kafka: kafka.proxy,
      registry: await proxyTo(Number(new URL(registryUrl).port)),
      asana: await proxyTo(source.port),
    };
    const environment = environmentThrough(proxies, kafka, registryUrl);
    const connectors = new Connectors(environment, folder);
    try {
      const { stalls, problems } = await runCases(plan, proxies, connectors, progress);
      await connectors.current?.stop(9_000);
      const stock = await takeStock({
        name: NAME,
        brokers: kafka.direct,
        registryUrl,
        source,
        environment,
        reader,
      });
      const networkFaults = stalls.length;
      return { ...NOTHING_DONE, lane: NAME, networkFaults, stock, problems, notes: [longest(stalls)] };
    } finally {
      await connectors.current?.stop(500);
      await Promise.all([proxies.registry.close(), proxies.asana.close(), source.close()]);
    }
  } finally {
    await reader.close();
    await kafka.close();
  }
}

const proxyTo = (port: number) => TcpProxy.listen({ port: 0, targetPort: () => port });

function environmentThrough(
  { registry, asana }: Proxies,
  kafka: ProxiedKafka,
  registryUrl: string,
): Environment {
  const { pathname } = new URL(registryUrl);
  return environmentOn({
    name: NAME,
    asanaUrl: `http://127.0.0.1:${asana.port}/api/1.0`,
    brokers: kafka.proxied,
    registryUrl: `http://127.0.0.1:${registry.port}${pathname}`,
  });
}

interface Stall {
  readonly what: string;
  readonly service: Service;
  readonly stallMs: number;
}

async function runCases(
  { lastsMs, rounds }: NetworkPlan,
  proxies: Proxies,
  connectors: Connectors,
  progress: (line: string) => void,
): Promise<{ stalls: Stall[]; problems: string[] }> {
  const stalls: Stall[] = [];
  const problems: string[] = [];
  const startAnew = async () =>
    timeToNextCommit(await connectors.start(), 'while nothing is broken', START_TIMEOUT_MS);
  await startAnew();
  for (let round = 0; round < rounds; round++) {
    for (const each of CASES) {
      try {
        stalls.push(await breakNetwork(each, lastsMs, proxies, connectors));
      } catch (error) {
        problems.push(`${each.what}: ${String(error)}\n${(await connectors.current?.log())?.slice(-1_000)}`);
        await startAnew();
      }
    }
    progress(`${stalls.length} network faults`);
  }
  return { stalls, problems };
}

/** Throws where the stall is longer than its bound. */
async function breakNetwork(
  { what, service, fault, atStart }: Case,
  lastsMs: number,
  proxies: Proxies,
  connectors: Connectors,
): Promise<Stall> {
  const proxy = proxies[service];
  proxy.setFault(fault);
  try {
    if (atStart) await connectors.start();
    await sleep(lastsMs);
    // It is not asked: its absence must not be noticed.
    if (service === 'registry' && !atStart)
      await timeToNextCommit(await connectors.running(), `during ${what}`, UNNOTICED_MS);
  } finally {
    proxy.setFault({ kind: 'none' });
  }
  const connector = await connectors.running();
  const stallMs = await timeToNextCommit(connector, `after ${what}`, STALL_BOUND_MS[service]);
  return { what, service, stallMs };
}

function longest(stalls: readonly Stall[]): string {
  const worst = (['kafka', 'registry', 'asana'] as const).map((service) => {
    const [most] = stalls
      .filter((stall) => stall.service === service)
      .toSorted((a, b) => b.stallMs - a.stallMs);
    return `${service} ${((most?.stallMs ?? 0) / 1_000).toFixed(1)} s (${most?.what ?? 'none'}; bound ${STALL_BOUND_MS[service] / 1_000} s)`;
  });
  return `longest stall after a network fault was lifted: ${worst.join(', ')}`;
}

/** One at a time; the one before is killed. */
class Connectors {
  readonly #environment: Environment;
  readonly #folder: string;
  #count = 0;
  #current: Running | undefined;

  constructor(environment: Environment, folder: string) {
    this.#environment = environment;
    this.#folder = folder;
  }

  get current(): Running | undefined {
    return this.#current;
  }

  /** The current one; throws where it has ended by itself. */
  async running(): Promise<Running> {
    if (!this.#current?.isRunning()) throw new Error('the connector has ended');
    return this.#current;
  }

  async start(): Promise<Running> {
    this.#current?.kill('SIGKILL');
    await this.#current?.exited;
    const logFile = join(this.#folder, `${NAME}-${this.#count++}.log`);
    this.#current = await startRunning(this.#environment, logFile);
    return this.#current;
  }
}
