import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import { ConnectorError } from '../errors.ts';
import type { KafkaClient, NewTopic, TopicDescription } from './client.ts';

/** What a topic must be like for the promise to hold: `findings` says what is wrong with one that exists, and what to change. */
export interface TopicRequirement {
  readonly create: NewTopic;
  readonly findings: (topic: TopicDescription) => string[];
}

export interface TopicOptions {
  readonly eventsTopic: string;
  readonly stateTopic: string;
  readonly eventsPartitions: number;
  readonly statePartitions: number;
  readonly replicationFactor: number;
  /** -1 = unlimited */
  readonly eventsRetentionMs: number;
  readonly allowShortRetention: boolean;
}

const STATE_MAX_MESSAGE_BYTES = 10 * 1024 * 1024;
const NO_LIMIT = '9223372036854775807';
// Their records carry this machine's time, which Kafka refuses by default where it is an hour ahead: a wrong clock would halt the
// stream.
const ANY_TIMESTAMP = { 'message.timestamp.after.max.ms': NO_LIMIT };
// What Kafka 4 has by default; before, there is no limit. A sweep begins to read at the first record that is not older than what it is
// about: behind one that is dated years ahead, each would read all of the topic. Such an event is a dead letter instead.
const NOT_FAR_AHEAD = { 'message.timestamp.after.max.ms': '3600000' };
// A hundred years. The brokers' own limit may be a week; and one that says that there is none leaves it, before Kafka 4, to the
// deprecated setting of both directions.
const AS_OLD_AS_IT_IS = { 'message.timestamp.before.max.ms': '3155760000000' };
const DEAD_LETTER_MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

export const deadLettersTopic = (eventsTopic: string): string => `${eventsTopic}.dead-letters`;

export function eventsRequirement(options: TopicOptions): TopicRequirement {
  return {
    create: {
      name: options.eventsTopic,
      partitions: options.eventsPartitions,
      replicationFactor: options.replicationFactor,
      settings: {
        'cleanup.policy': 'delete',
        'retention.ms': String(options.eventsRetentionMs),
        'retention.bytes': '-1',
        'message.timestamp.type': 'CreateTime',
        ...AS_OLD_AS_IT_IS,
        ...NOT_FAR_AHEAD,
      },
    },
    findings: ({ settings }) => [
      ...timestampFindings(settings),
      ...(options.allowShortRetention ? [] : retentionFindings(settings)),
    ],
  };
}

export function deadLettersRequirement(options: TopicOptions): TopicRequirement {
  return {
    create: {
      name: deadLettersTopic(options.eventsTopic),
      partitions: 1,
      replicationFactor: options.replicationFactor,
      settings: {
        'cleanup.policy': 'delete',
        'retention.ms': '-1',
        'retention.bytes': '-1',
        'max.message.bytes': String(DEAD_LETTER_MAX_MESSAGE_BYTES),
        ...ANY_TIMESTAMP,
      },
    },
    findings: ({ settings }) => [
      ...(settings.get('cleanup.policy')?.includes('compact')
        ? [
            'cleanup.policy has compact: a dead letter without a gid has no key and would be refused; set cleanup.policy=delete',
          ]
        : []),
      ...(options.allowShortRetention
        ? []
        : retentionFindings(settings, 'the only copy of an event would be deleted')),
    ],
  };
}

export function stateRequirement(options: TopicOptions): TopicRequirement {
  return {
    create: {
      name: options.stateTopic,
      partitions: options.statePartitions,
      replicationFactor: options.replicationFactor,
      settings: {
        'cleanup.policy': 'compact',
        'max.message.bytes': String(STATE_MAX_MESSAGE_BYTES),
        // Compaction leaves the active segment alone, and a session reads its partition from the start.
        'segment.bytes': String(STATE_MAX_MESSAGE_BYTES + 4 * 1024 * 1024),
        'min.cleanable.dirty.ratio': '0.1',
        ...ANY_TIMESTAMP,
      },
    },
    findings: ({ settings }) =>
      settings.get('cleanup.policy') === 'compact'
        ? []
        : [
            `cleanup.policy is ${settings.get('cleanup.policy')}: Kafka would delete cursors; set cleanup.policy=compact`,
          ],
  };
}

/**
 * How far a record's time may be from the broker's, and which setting says so: before Kafka 4, the deprecated one of both directions
 * wherever that of the direction has no limit, which is its default.
 */
export function timestampLimit(
  settings: TopicDescription['settings'],
  direction: 'before' | 'after',
): { readonly name: string; readonly ms: number } {
  const name = `message.timestamp.${direction}.max.ms`;
  const deprecated = 'message.timestamp.difference.max.ms';
  const value = settings.get(name) ?? NO_LIMIT;
  const ofBoth = settings.get(deprecated);
  return value === NO_LIMIT && ofBoth !== undefined
    ? { name: deprecated, ms: Number(ofBoth) }
    : { name, ms: Number(value) };
}

function timestampFindings(settings: TopicDescription['settings']): string[] {
  const findings: string[] = [];
  if (settings.get('message.timestamp.type') === 'LogAppendTime') {
    findings.push(
      'message.timestamp.type is LogAppendTime: records must carry the time of their event; set CreateTime',
    );
  }
  const { name, ms } = timestampLimit(settings, 'before');
  if (ms < ASANA_RETENTION_MS) {
    findings.push(`${name} is ${ms}: older events would be refused; set at least ${ASANA_RETENTION_MS}`);
  }
  return findings;
}

/** Records carry the time of their event, so a short retention deletes a backlog as soon as it is written. */
function retentionFindings(
  settings: TopicDescription['settings'],
  lost = 'events of a backlog would be deleted at once',
): string[] {
  const policy = settings.get('cleanup.policy') ?? 'delete';
  if (!policy.includes('delete')) return [];
  const findings: string[] = [];
  const retentionMs = Number(settings.get('retention.ms') ?? -1);
  if (retentionMs >= 0 && retentionMs < ASANA_RETENTION_MS) {
    findings.push(
      `retention.ms is ${retentionMs}, less than Asana's own 90 days: ${lost}; set retention.ms=-1 (or ALLOW_SHORT_RETENTION=true)`,
    );
  }
  const retentionBytes = Number(settings.get('retention.bytes') ?? -1);
  if (retentionBytes >= 0) {
    findings.push(
      `retention.bytes is ${retentionBytes}: events would be deleted by size; set retention.bytes=-1 (or ALLOW_SHORT_RETENTION=true)`,
    );
  }
  return findings;
}

/** Does the topic keep every event for as long as Asana does? */
export const keepsEvents = ({ settings }: TopicDescription): boolean =>
  retentionFindings(settings).length === 0;

/** The topic, created where missing; throws TOPIC_UNFIT where it would break the promise. */
export async function ensureTopic(
  kafka: KafkaClient,
  { create, findings }: TopicRequirement,
): Promise<TopicDescription> {
  const existing = await kafka.describeTopic(create.name);
  if (existing === undefined) await kafka.createTopic(create);
  const topic = existing ?? (await existingTopic(kafka, create.name));
  const found = findings(topic);
  if (found.length > 0)
    throw new ConnectorError('TOPIC_UNFIT', `the topic ${create.name} does not fit: ${found.join('; ')}`);
  return topic;
}

/** How many partitions a topic has that somebody else must have made. Throws TOPIC_MISSING. */
export async function partitionCount(
  kafka: Pick<KafkaClient, 'describeTopic'>,
  name: string,
): Promise<number> {
  const topic = await kafka.describeTopic(name);
  if (topic === undefined) throw new ConnectorError('TOPIC_MISSING', `the topic ${name} does not exist`);
  return topic.partitions;
}

async function existingTopic(kafka: KafkaClient, name: string): Promise<TopicDescription> {
  const topic = await kafka.describeTopic(name);
  if (topic === undefined)
    throw new ConnectorError('KAFKA_UNAVAILABLE', `the topic ${name} was created and is not there yet`);
  return topic;
}

const DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

export const maxMessageBytes = (topic: TopicDescription): number =>
  Number(topic.settings.get('max.message.bytes') ?? DEFAULT_MAX_MESSAGE_BYTES);
