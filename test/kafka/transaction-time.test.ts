import { expect, test } from 'vitest';
import { ConnectorError } from '../../src/errors.ts';
import type { TransactionalProducer } from '../../src/kafka/client.ts';
import { explainingTimeouts } from '../../src/kafka/transaction-time.ts';
import { FakeClock } from '../support/fake-clock.ts';

const LIMIT_MS = 60_000;

/** A producer whose every call but the first fails after `lastsMs`. */
function failing(code: ConstructorParameters<typeof ConnectorError>[0], lastsMs: number) {
  const clock = new FakeClock();
  const fail = async (): Promise<never> => {
    await clock.advance(lastsMs);
    throw new ConnectorError(code, 'an old epoch');
  };
  const producer: TransactionalProducer = {
    begin: async () => ({ send: fail, commit: fail, abort: fail }),
    close: async () => {},
  };
  return explainingTimeouts(producer, LIMIT_MS, clock).begin();
}

test.each(['send', 'commit'] as const)(
  '%s that is fenced after the timeout says that it took too long',
  async (step) => {
    const tx = await failing('KAFKA_FENCED', LIMIT_MS);
    await expect(step === 'send' ? tx.send('events', 0, []) : tx.commit()).rejects.toMatchObject({
      code: 'KAFKA_TRANSACTION_TIMEOUT',
      message: 'a transaction was open for 60.0 s, with a KAFKA_TRANSACTION_TIMEOUT of 60 s: an old epoch',
    });
  },
);

test('what is fenced before it was fenced by somebody', async () => {
  const tx = await failing('KAFKA_FENCED', LIMIT_MS - 1);
  await expect(tx.commit()).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
});

test('another error stays what it is, however long it took', async () => {
  const tx = await failing('KAFKA_OUTCOME_UNKNOWN', 2 * LIMIT_MS);
  await expect(tx.commit()).rejects.toMatchObject({ code: 'KAFKA_OUTCOME_UNKNOWN' });
});
