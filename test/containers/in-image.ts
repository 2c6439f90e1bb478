/** What runs of the image, on the network of broker and registry: hardened as the documents say. */

import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { inject, type TestContext } from 'vitest';
import type { CommandResult } from '../../dev/command.ts';
import { inspectContainer, tryDocker } from './docker.ts';

export type Environment = Readonly<Record<string, string>>;

const HARDENED = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'];

class HardenedContainer extends GenericContainer {
  constructor() {
    super(inject('image'));
    this.hostConfig.ReadonlyRootfs = true;
    this.withDroppedCapabilities('ALL').withSecurityOpt('no-new-privileges');
    this.withNetworkMode(inject('network'));
  }
}

/** A command of the image to its end. */
export function runInImage(args: readonly string[], environment: Environment = {}): Promise<CommandResult> {
  const variables = Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`);
  const network = `--network=${inject('network')}`;
  return tryDocker(['run', '--rm', ...HARDENED, network, ...variables, inject('image'), ...args]);
}

/** A simulated Asana in a container, and the environment of a connector that follows it, both by `name`. */
export async function simulateInImage(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  name: string,
  flags: readonly string[],
): Promise<Environment> {
  const simulator = await new HardenedContainer()
    .withName(name)
    .withCommand(['simulate', '--host', '0.0.0.0', '--requests-per-minute', '0', ...flags])
    .withWaitStrategy(Wait.forLogMessage(/^serving/))
    .start();
  onTestFinished(async () => {
    await simulator.stop();
  });
  return {
    ASANA_BASE_URL: `http://${name}:8079/api/1.0`,
    ASANA_ALLOW_PLAIN_HTTP: 'true',
    ASANA_TOKEN: 'simulator-token',
    ASANA_WORKSPACES: '1201234567890123',
    ASANA_REQUESTS_PER_MINUTE: '0',
    POLL_INTERVAL: '200ms',
    KAFKA_BROKERS: 'kafka:9092',
    SCHEMA_REGISTRY_URL: 'http://registry:8080/apis/ccompat/v7',
    EVENTS_TOPIC: `${name}.events`,
    STATE_TOPIC: `${name}.state`,
    CONNECTOR_NAME: name,
  };
}

export interface RunningInImage {
  readonly id: string;
  /** `http://host:port`, from outside. */
  readonly url: string;
  /** Sends the signal, waits for the end, and gives the exit code: 137 is a kill from outside. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number>;
}

/** `run` in a container of its own; resolves when its HTTP server answers. */
export async function startInImage(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  environment: Environment,
): Promise<RunningInImage> {
  const container: StartedTestContainer = await new HardenedContainer()
    .withEnvironment(environment)
    .withExposedPorts(9464)
    .withWaitStrategy(Wait.forHttp('/livez', 9464))
    .start();
  onTestFinished(async () => {
    await container.stop();
  });
  const id = container.getId();
  return {
    id,
    url: `http://${container.getHost()}:${container.getMappedPort(9464)}`,
    end: async (signal) => {
      await tryDocker(['kill', `--signal=${signal}`, id]);
      await tryDocker(['wait', id]);
      return (await inspectContainer(id)).State.ExitCode;
    },
  };
}

/** The sum over all labels; 0 where it is not there yet. */
export async function metricAt(url: string, name: string): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
  return lines
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
