import { ConnectorError } from '../errors.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { KafkaProbe } from '../kafka/kafkajs-probe.ts';
import {
  deadLettersRequirement,
  eventsRequirement,
  stateRequirement,
  type TopicOptions,
  type TopicRequirement,
} from '../kafka/topics.ts';
import { type Check, type Good, NotKnown } from './check.ts';
import { topicWarnings, whyUnwritable } from './topic-warnings.ts';

export interface KafkaChecks {
  readonly kafka: KafkaClient;
  readonly probe: KafkaProbe;
  readonly topics: TopicOptions;
  readonly transactionalIds: readonly string[];
  readonly transactionTimeoutMs: number;
  /** With MODE=distributed. */
  readonly group: { readonly id: string; readonly sessionTimeoutMs: number } | undefined;
  /** The look-ups of the brokers' names: one that is found is enough. */
  readonly names: readonly Check[];
}

/** Brokers, transactional ids, and the three topics: there and fit, or to be created. Nothing is changed, and nobody fenced. */
export function kafkaChecks(parts: KafkaChecks): Check[] {
  const { probe, topics, transactionalIds, names } = parts;
  const brokers: Check = {
    subject: 'Kafka, brokers',
    afterAnyOf: names,
    look: within(async () => ({ detail: counted(await probe.countBrokers(), 'broker') })),
  };
  const ids = transactionalIds.map(
    (id): Check => ({
      subject: `Kafka, transactional id ${id}`,
      after: [brokers],
      look: within(async () => {
        await probe.tryTransactionalId(id, topics.stateTopic);
        return {
          detail: 'may be used (asked in the name of a producer that does not exist: nobody was fenced)',
        };
      }),
    }),
  );
  const [firstId] = ids;
  const timeout: Check = {
    subject: 'Kafka, transaction timeout',
    after: [brokers],
    look: within(() => lookAtTimeout(parts)),
  };
  const requirements = [eventsRequirement(topics), stateRequirement(topics), deadLettersRequirement(topics)];
  const ofTopics = requirements.flatMap((requirement): Check[] => {
    const topic: Check = {
      subject: `Kafka, topic ${requirement.create.name}`,
      after: [brokers],
      look: within(() => lookAtTopic(parts, requirement)),
    };
    const access: Check = {
      subject: `Kafka, access to ${requirement.create.name}`,
      after: [firstId ?? brokers],
      look: within(() => lookAtAccess(parts, requirement.create.name)),
    };
    return [topic, access];
  });
  return [brokers, ...ids, timeout, ...groupChecks(parts, brokers), ...ofTopics];
}

function groupChecks({ probe, group }: KafkaChecks, brokers: Check): Check[] {
  if (group === undefined) return [];
  const membership: Check = {
    subject: `Kafka, group ${group.id}`,
    after: [brokers],
    look: within(async () => {
      await probe.tryGroup(group.id);
      return { detail: 'may be joined (asked in the name of nobody: no rebalance was begun)' };
    }),
  };
  const session: Check = {
    subject: 'Kafka, session timeout',
    after: [brokers],
    look: within(() => lookAtSession(probe, group.sessionTimeoutMs)),
  };
  return [membership, session];
}

const DEADLINE_MS = 20_000;

/** kafkajs tries for minutes, and heeds no signal. */
function within(look: () => Promise<Good>): Check['look'] {
  return (signal) =>
    new Promise((resolve, reject) => {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
      const late = () => new ConnectorError('KAFKA_UNAVAILABLE', `no answer within ${DEADLINE_MS / 1000} s`);
      deadline.addEventListener('abort', () => reject(late()), { once: true });
      look().then(resolve, reject);
    });
}

async function lookAtTopic(
  { kafka, probe }: KafkaChecks,
  { create, findings }: TopicRequirement,
): Promise<Good> {
  const topic = await kafka.describeTopic(create.name);
  if (topic === undefined) {
    await probe.tryCreate(create);
    const replicas =
      create.replicationFactor < 0
        ? "the brokers' default of replicas"
        : `replication factor ${create.replicationFactor}`;
    return {
      detail: `will be created with ${counted(create.partitions, 'partition')}, ${replicas}; Kafka would take it`,
    };
  }
  const unwritable = whyUnwritable(topic);
  const found = [...findings(topic), ...(unwritable === undefined ? [] : [unwritable])];
  if (found.length > 0) throw new ConnectorError('TOPIC_UNFIT', found.join('; '));
  const warnings = topicWarnings(topic, create);
  return {
    detail: `fits; ${counted(topic.partitions, 'partition')}, replication factor ${topic.replicationFactor}`,
    warning: warnings.length > 0 ? warnings.join('; ') : undefined,
  };
}

async function lookAtAccess({ kafka, probe, transactionalIds }: KafkaChecks, topic: string): Promise<Good> {
  const [id] = transactionalIds;
  if (id !== undefined) await probe.tryWrite(id, topic);
  if ((await kafka.describeTopic(topic)) === undefined)
    return { detail: 'may be written; there is nothing to read yet' };
  await probe.tryRead(topic);
  return { detail: 'may be read and written' };
}

async function lookAtTimeout({ probe, transactionTimeoutMs }: KafkaChecks): Promise<Good> {
  const name = 'transaction.max.timeout.ms';
  const most = await probe.brokerSetting(name);
  if (most === undefined) throw new NotKnown(`the brokers do not show ${name} to this client`);
  if (transactionTimeoutMs <= Number(most))
    return { detail: `${transactionTimeoutMs / 1000} s, of ${Number(most) / 1000} s at most` };
  throw new ConnectorError(
    'KAFKA_SETTINGS_REFUSED',
    `KAFKA_TRANSACTION_TIMEOUT is ${transactionTimeoutMs} ms, and ${name} of the brokers ${most} ms`,
  );
}

async function lookAtSession(probe: KafkaProbe, timeoutMs: number): Promise<Good> {
  const [leastName, mostName] = ['group.min.session.timeout.ms', 'group.max.session.timeout.ms'];
  const [least, most] = [await probe.brokerSetting(leastName), await probe.brokerSetting(mostName)];
  if (least === undefined || most === undefined)
    throw new NotKnown(`the brokers do not show ${leastName} to this client`);
  if (timeoutMs >= Number(least) && timeoutMs <= Number(most))
    return { detail: `${timeoutMs / 1000} s, of ${Number(least) / 1000} s at least` };
  throw new ConnectorError(
    'KAFKA_SETTINGS_REFUSED',
    `GROUP_SESSION_TIMEOUT is ${timeoutMs} ms; ${leastName} of the brokers is ${least} ms, ${mostName} ${most} ms`,
  );
}

const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
