import kafkajs, { type Admin } from 'kafkajs';
import Cluster, { type ClusterOptions } from 'kafkajs/src/cluster/index.js';
import type { Clock } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { NewTopic } from './client.ts';
import { LimitedCalls } from './kafkajs-calls.ts';
import { type Coordinated, coordinatorId, withLikelyReason } from './kafkajs-coordinator.ts';
import { isType, kafkaError } from './kafkajs-errors.ts';
import { groupAcl, type NeededAcls, topicAcl, transactionalAcl } from './needed-acls.ts';

const { ConfigResourceTypes } = kafkajs;

/**
 * Questions that change nothing and are answered as if they were meant: what Kafka would do, and what it allows. Each throws a
 * ConnectorError with a KAFKA_ code that names the resource.
 */
export interface KafkaProbe {
  /** Number of brokers. */
  countBrokers(): Promise<number>;
  /** Would the topic be created so? */
  tryCreate(topic: NewTopic): Promise<void>;
  tryRead(topic: string): Promise<void>;
  /** Is there a coordinator for the transactional id, and may it be used, whatever of the topic? */
  tryTransactionalId(transactionalId: string, topic: string): Promise<void>;
  /** May the transactional id write to the topic, which need not be there yet? */
  tryWrite(transactionalId: string, topic: string): Promise<void>;
  /** May the group be joined? */
  tryGroup(groupId: string): Promise<void>;
  /** A setting of one of the brokers; undefined where it may not be seen. */
  brokerSetting(name: string): Promise<string | undefined>;
  close(): Promise<void>;
}

type Coordinator = Awaited<ReturnType<Cluster['findBroker']>>;

// The last one that there can be: Kafka gives producer ids from 0 on. It looks at what is allowed before it looks at this one, which
// it then refuses, because no transactional id has it. Asking for a producer id of one's own would fence a connector that runs.
const NOBODYS_PRODUCER_ID = '9223372036854775807';
// Or it does not come so far, because whoever has the transactional id just commits.
const NOBODYS = ['INVALID_PRODUCER_ID_MAPPING', 'CONCURRENT_TRANSACTIONS'];
// Said after the transactional id was found to be allowed, and of the topic after it was.
const NOT_THERE = 'UNKNOWN_TOPIC_OR_PARTITION';
const ABOUT_THE_TOPIC = [NOT_THERE, 'TOPIC_AUTHORIZATION_FAILED'];
// Kafka looks at what is allowed before it looks at the member, and answers that all is well where it still loads the group.
const NOBODY = 'nobody';
const NO_MEMBER = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS'];
// Where nobody has used a transaction or a group yet, the first question makes Kafka create its own topic for them: nobody is the
// coordinator before that is there, and the one who will be says so until it has read it. Where the brokers are too few for that topic,
// they say so for good.
const NO_COORDINATOR_YET = [
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_LOAD_IN_PROGRESS',
];
const COORDINATOR_WAIT_MS = 200;
const COORDINATOR_PATIENCE_MS = 10_000;
const READ = { isolationLevel: 1, replicaId: -1, maxWaitTime: 1, minBytes: 0, maxBytes: 1 };

export function createKafkajsProbe(admin: Admin, options: ClusterOptions, clock: Clock): KafkaProbe {
  const closed = new AbortController();
  const cluster = new Cluster(options);
  const asked: LimitedCalls[] = [];
  let connected: Promise<void> | undefined;
  const asking = async <T>(doing: string, work: () => Promise<T>, needed?: NeededAcls): Promise<T> => {
    // Of this question alone: one broker that hangs says nothing of what others are asked.
    const calls = new LimitedCalls(clock);
    asked.push(calls);
    try {
      return await calls.within(async () => {
        connected ??= cluster.connect().then(() => admin.connect());
        await connected;
        return work();
      });
    } catch (thrown) {
      throw kafkaError(thrown, doing, needed);
    }
  };
  const askCoordinator = async (
    kind: Coordinated,
    name: string,
    question: (coordinator: Coordinator) => Promise<void>,
  ): Promise<void> => {
    const beganMs = clock.monotonicMs();
    for (;;) {
      try {
        const nodeId = await coordinatorId(cluster, kind, name);
        return await question(await cluster.findBroker({ nodeId }));
      } catch (thrown) {
        if (!NO_COORDINATOR_YET.some((type) => isType(thrown, type))) throw thrown;
        if (clock.monotonicMs() - beganMs >= COORDINATOR_PATIENCE_MS) throw withLikelyReason(thrown, kind);
        await clock.sleep(COORDINATOR_WAIT_MS, closed.signal);
      }
    }
  };
  const addNobodys = (transactionalId: string, topic: string, fine: readonly string[]) =>
    askCoordinator('transactional id', transactionalId, async (coordinator) => {
      const topics = [{ topic, partitions: [0] }];
      const request = { transactionalId, producerId: NOBODYS_PRODUCER_ID, producerEpoch: 0, topics };
      await coordinator.addPartitionsToTxn(request).catch((thrown) => {
        if (![...NOBODYS, ...fine].some((type) => isType(thrown, type))) throw thrown;
      });
    });
  return {
    countBrokers: () =>
      asking('asking for the brokers', async () => (await admin.describeCluster()).brokers.length),
    tryCreate: ({ name, partitions, replicationFactor, settings }) =>
      asking(
        `creating the topic ${name}`,
        async () => {
          const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
          const topic = { topic: name, numPartitions: partitions, replicationFactor, configEntries };
          await admin.createTopics({ validateOnly: true, waitForLeaders: false, topics: [topic] });
        },
        topicAcl('Create', name),
      ),
    tryRead: (topic) =>
      asking(
        `reading ${topic}`,
        async () => {
          await cluster.addTargetTopic(topic);
          await cluster.refreshMetadata();
          const [leader] = Object.keys(cluster.findLeaderForPartitions(topic, [0]));
          if (leader === undefined)
            throw new ConnectorError('KAFKA_UNAVAILABLE', `no broker leads ${topic}-0`);
          const broker = await cluster.findBroker({ nodeId: leader });
          const [end] = await cluster.fetchTopicsOffset([{ topic, partitions: [{ partition: 0 }] }]);
          const fetchOffset = Number(end?.partitions[0]?.offset ?? 0);
          await broker.fetch({
            ...READ,
            topics: [{ topic, partitions: [{ partition: 0, fetchOffset, maxBytes: 1 }] }],
          });
        },
        topicAcl('Read', topic),
      ),
    tryTransactionalId: (transactionalId, topic) =>
      asking(
        `using the transactional id ${transactionalId}`,
        () => addNobodys(transactionalId, topic, ABOUT_THE_TOPIC),
        transactionalAcl(transactionalId),
      ),
    tryWrite: (transactionalId, topic) =>
      asking(
        `writing to ${topic} as the transactional id ${transactionalId}`,
        () => addNobodys(transactionalId, topic, [NOT_THERE]),
        { ...topicAcl('Write', topic), ...transactionalAcl(transactionalId) },
      ),
    tryGroup: (groupId) =>
      asking(
        `joining the group ${groupId}`,
        () =>
          askCoordinator('group', groupId, async (coordinator) => {
            const request = { groupId, groupGenerationId: 0, memberId: NOBODY };
            await coordinator.heartbeat(request).catch((thrown) => {
              if (!NO_MEMBER.some((type) => isType(thrown, type))) throw thrown;
            });
          }),
        groupAcl(groupId),
      ),
    brokerSetting: async (name) => {
      try {
        return await asking(`reading the setting ${name}`, async () => {
          const [broker] = (await admin.describeCluster()).brokers;
          const { resources } = await admin.describeConfigs({
            includeSynonyms: false,
            resources: [
              { type: ConfigResourceTypes.BROKER, name: String(broker?.nodeId), configNames: [name] },
            ],
          });
          return resources[0]?.configEntries.find(({ configName }) => configName === name)?.configValue;
        });
      } catch (error) {
        if (error instanceof ConnectorError && error.code === 'KAFKA_UNAUTHORIZED') return undefined;
        throw error;
      }
    },
    close: async () => {
      closed.abort();
      const disconnect = () => Promise.all([cluster.disconnect(), admin.disconnect()]);
      const calls = asked.find(({ gaveUp }) => gaveUp) ?? new LimitedCalls(clock);
      await calls.end(disconnect).catch(() => {});
    },
  };
}
