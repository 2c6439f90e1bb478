/** The settings of the local brokers: as in production where it matters for the promise, small and quick everywhere else. */

export type BrokerAddress = { id: number; port: number; controllerPort: number };

export type Properties = Record<string, string>;

/** `server.properties` of one combined broker and controller among `brokers`, loopback only. */
export function brokerProperties(
  id: number,
  brokers: readonly BrokerAddress[],
  dataFolder: string,
  overrides: Properties,
): Properties {
  const self = brokers.find((broker) => broker.id === id);
  if (!self) throw new Error(`broker ${id} is not among ${brokers.map((broker) => broker.id).join(', ')}`);
  const replicas = String(brokers.length);
  const minInSync = String(Math.max(1, brokers.length - 1));
  return {
    'process.roles': 'broker,controller',
    'node.id': String(id),
    'controller.quorum.voters': brokers
      .map((broker) => `${broker.id}@127.0.0.1:${broker.controllerPort}`)
      .join(','),
    listeners: `PLAINTEXT://127.0.0.1:${self.port},CONTROLLER://127.0.0.1:${self.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${self.port},CONTROLLER://127.0.0.1:${self.controllerPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': dataFolder,

    // A topic that nobody created is a mistake to be seen.
    'auto.create.topics.enable': 'false',
    'default.replication.factor': replicas,
    'min.insync.replicas': minInSync,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minInSync,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': minInSync,

    // 50 by default; each is a folder with its files that the first consumer and the first transaction wait for.
    'offsets.topic.num.partitions': '5',
    'transaction.state.log.num.partitions': '5',
    'group.initial.rebalance.delay.ms': '0',
    // 128 MB by default, a good part of these small heaps.
    'log.cleaner.dedupe.buffer.size': '16777216',
    ...overrides,
  };
}

export function formatProperties(properties: Properties): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
