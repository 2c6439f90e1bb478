/** Builds the image, and starts a broker and a registry in containers for all tests of a run. */

import { GenericContainer, Network, type StartedNetwork, Wait } from 'testcontainers';
import type { TestProject } from 'vitest/node';
import { findFreePorts } from '../../dev/ports.ts';
import { docker } from './docker.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The image that was built from the checkout. */
    image: string;
    /** The network of broker and registry, which are `kafka:9092` and `registry:8080` there. */
    network: string;
  }
}

const IMAGE = 'asana-audit-kafka';
const START_TIMEOUT_MS = 120_000;
const REGISTRY_PATH = '/apis/ccompat/v7';

export default async function startServices(project: TestProject): Promise<() => Promise<void>> {
  await using starting = new AsyncDisposableStack();
  // As `docker compose up` builds it.
  await docker(['compose', 'build', '--quiet', 'connector']);
  const network = await new Network().start();
  starting.defer(async () => {
    await network.stop();
  });
  const { container, brokers } = await startKafka(network);
  starting.use(container);
  const registry = starting.use(await startRegistry(network));
  const registryAddress = `http://${registry.getHost()}:${registry.getMappedPort(8080)}`;
  project.provide('image', IMAGE);
  project.provide('network', network.getName());
  project.provide('kafkaBrokers', brokers);
  project.provide('schemaRegistryUrl', `${registryAddress}${REGISTRY_PATH}`);
  const started = starting.move();
  return () => started.disposeAsync();
}

/** With two addresses: one for containers, one for the tests. A broker has to know the latter before it starts. */
async function startKafka(network: StartedNetwork) {
  const [port = 0] = await findFreePorts(1);
  const container = await new GenericContainer('apache/kafka:4.3.1')
    .withNetwork(network)
    .withNetworkAliases('kafka')
    .withExposedPorts({ container: 9094, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093,TESTS://:9094',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://kafka:9092,TESTS://127.0.0.1:${port}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TESTS:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
  return { container, brokers: `127.0.0.1:${port}` };
}

function startRegistry(network: StartedNetwork) {
  return new GenericContainer('apicurio/apicurio-registry:3.3.3')
    .withNetwork(network)
    .withNetworkAliases('registry')
    .withExposedPorts(8080)
    .withWaitStrategy(Wait.forHttp(`${REGISTRY_PATH}/subjects`, 8080))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
}
