import type { Clock } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { FetchedBatch } from './client.ts';

/** What waiting for the end of somebody else's transaction takes. */
export interface WaitPorts {
  readonly clock: Clock;
  /** Told for what, again and again, once it takes longer than a moment. */
  readonly onWait: (what: string) => void;
}

const SAID_AFTER_MS = 3_000;
// By default Kafka lets none last longer than a quarter of an hour (transaction.max.timeout.ms), and looks every ten seconds.
const HANGS_AFTER_MS = 16 * 60_000;

/**
 * Passes on what is read. Where nothing comes because a transaction is open, says so; throws KAFKA_TRANSACTION_HANGS once it has been
 * open for longer than Kafka lets any be: it never ends by itself.
 */
export async function* untilItHangs(
  batches: AsyncIterable<FetchedBatch>,
  topicPartition: string,
  { clock, onWait }: WaitPorts,
): AsyncGenerator<FetchedBatch> {
  let readTo = -1;
  let movedMs = 0;
  for await (const batch of batches) {
    yield batch;
    const { nextOffset, lastStableOffset, highWatermark } = batch;
    const nowMs = clock.monotonicMs();
    if (nextOffset > readTo || lastStableOffset >= highWatermark) movedMs = nowMs;
    readTo = nextOffset;
    const open = `the transaction that is open in ${topicPartition} from offset ${lastStableOffset} on`;
    if (nowMs - movedMs >= HANGS_AFTER_MS)
      throw new ConnectorError(
        'KAFKA_TRANSACTION_HANGS',
        `${open} has not ended in ${HANGS_AFTER_MS / 60_000} minutes; what is behind it cannot be read`,
      );
    if (nowMs - movedMs >= SAID_AFTER_MS) onWait(`waiting for ${open}`);
  }
}
