import type { Clock } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { Transaction, TransactionalProducer } from './client.ts';

/**
 * The producer, saying KAFKA_TRANSACTION_TIMEOUT where Kafka has aborted its transaction because that took too long.
 *
 * Kafka answers such an owner as it answers one that somebody else has fenced. Our own clock tells them apart, as Kafka's begins to
 * count later. Otherwise brokers that are slow for a minute would look like another instance, for which the process ends.
 */
export const explainingTimeouts = (
  producer: TransactionalProducer,
  limitMs: number,
  clock: Clock,
): TransactionalProducer => ({
  begin: async () => {
    const beganMs = clock.monotonicMs();
    const explain = (thrown: unknown): never => {
      const lastedMs = clock.monotonicMs() - beganMs;
      const isFenced = thrown instanceof ConnectorError && thrown.code === 'KAFKA_FENCED';
      throw isFenced && lastedMs >= limitMs ? tooLong(thrown, lastedMs, limitMs) : thrown;
    };
    const tx = await producer.begin();
    const send: Transaction['send'] = (topic, partition, records) =>
      tx.send(topic, partition, records).catch(explain);
    return { send, commit: () => tx.commit().catch(explain), abort: () => tx.abort() };
  },
  close: () => producer.close(),
});

const tooLong = (fenced: ConnectorError, lastedMs: number, limitMs: number) =>
  new ConnectorError(
    'KAFKA_TRANSACTION_TIMEOUT',
    `a transaction was open for ${(lastedMs / 1_000).toFixed(1)} s, with a KAFKA_TRANSACTION_TIMEOUT of ${limitMs / 1_000} s: ${fenced.message}`,
    { cause: fenced },
  );
