import { ConnectorError } from '../errors.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { deadLettersTopic, type TopicOptions, timestampLimit } from '../kafka/topics.ts';
import type { AskAsana } from './asana.ts';
import type { Check, Good } from './check.ts';

const WORTH_SAYING_MS = 5_000;
// A dead letter has this machine's time, and is looked for by Asana's: further apart, a sweep would write it again.
const DEAD_LETTERS_APART_MS = 86_400_000;

/** This machine's clock against Asana's. @param after whatever shows that Asana answers */
export function clockCheck(
  after: Check,
  ask: AskAsana,
  kafka: Pick<KafkaClient, 'describeTopic'>,
  topics: TopicOptions,
): Check {
  return {
    subject: 'Clock, against Asana’s',
    after: [after],
    look: async (signal) => {
      const { aheadMs } = await ask(signal);
      const limitMs = aheadMs > WORTH_SAYING_MS ? await mostAheadMs(kafka, topics) : undefined;
      return judgeClock(aheadMs, limitMs);
    },
  };
}

/**
 * Throws STATE_REFUSED where a promise would break.
 *
 * @param mostAheadMs how far ahead Kafka takes this machine's time, in the topics whose records carry it; undefined: any
 */
export function judgeClock(aheadMs: number, mostAheadMs: number | undefined): Good {
  const apartMs = Math.abs(aheadMs);
  const words = `${Math.round(apartMs / 1000)} s ${aheadMs > 0 ? 'ahead' : 'behind'}`;
  if (apartMs <= WORTH_SAYING_MS) return { detail: `within ${WORTH_SAYING_MS / 1000} s` };
  if (mostAheadMs !== undefined && aheadMs >= mostAheadMs)
    throw new ConnectorError(
      'STATE_REFUSED',
      `${words}: Kafka takes no record that is ${mostAheadMs / 1000} s ahead (message.timestamp.after.max.ms, or difference.max.ms before Kafka 4, of the state or dead letters topic)`,
    );
  if (apartMs >= DEAD_LETTERS_APART_MS)
    throw new ConnectorError(
      'STATE_REFUSED',
      `${words}: a late dead letter could be written twice; set the clock`,
    );
  return { detail: words, warning: 'lag is shown wrong by so much: synchronise this machine’s clock (NTP)' };
}

async function mostAheadMs(
  kafka: Pick<KafkaClient, 'describeTopic'>,
  { stateTopic, eventsTopic }: TopicOptions,
): Promise<number | undefined> {
  const limits: number[] = [];
  for (const name of [stateTopic, deadLettersTopic(eventsTopic)]) {
    const topic = await kafka.describeTopic(name);
    if (topic !== undefined) limits.push(timestampLimit(topic.settings, 'after').ms);
  }
  return limits.length > 0 ? Math.min(...limits) : undefined;
}
