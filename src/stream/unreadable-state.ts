import { rangeOf } from '../byte-range.ts';
import type { Clock } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { Session, StateLocation } from '../kafka/session.ts';
import type { StateKeys } from '../kafka/state-keys.ts';
import { writeRecords } from '../kafka/writer.ts';
import { decodeCursor } from './cursor-record.ts';
import { encodeGap, type Gap } from './gap.ts';
import type { StreamObserver } from './observer.ts';

/** Where the record of a cursor is that may be unreadable, and whom to tell. */
export interface StateRecordPorts {
  readonly session: Session;
  readonly state: StateLocation;
  readonly keys: StateKeys;
  readonly kafka: KafkaClient;
  readonly clock: Clock;
  readonly observer: StreamObserver;
}

/**
 * Records that nobody knows what the stream has committed: an open gap, from where its last readable cursor was complete, as
 * long as Kafka still has that one. A record that is there already knows more, and stays.
 */
export async function recordUnreadable(
  ports: StateRecordPorts,
  unreadable: ConnectorError,
  signal: AbortSignal,
): Promise<void> {
  const { session, keys, clock, observer } = ports;
  const fromMs = await lastCompleteToMs(ports, signal);
  const gap: Gap = {
    fromMs,
    toMs: undefined,
    reason: 'state-unreadable',
    message: unreadable.message,
  };
  if (!session.state.get(keys.unreadable)) await write(ports, encodeGap(gap, clock.now()));
  observer.gapFound(gap);
}

/** Takes the record back once the cursor can be read again: the stream goes on from there, and has skipped nothing. */
export async function withdrawUnreadable(ports: StateRecordPorts): Promise<void> {
  if (!ports.session.state.get(ports.keys.unreadable)) return;
  await write(ports, null);
  ports.observer.gapWithdrawn();
}

async function write({ session, state, keys, clock }: StateRecordPorts, value: Buffer | null): Promise<void> {
  await session.transact(async (tx) => {
    const { partition } = state;
    const record = {
      partition,
      key: keys.unreadable,
      value: value && rangeOf(value),
      timestampMs: clock.now(),
    };
    const { refused } = await writeRecords(tx, state, [record]);
    if (refused[0]) throw new ConnectorError('STATE_REFUSED', refused[0].error.message);
  });
}

async function lastCompleteToMs(
  { kafka, state }: StateRecordPorts,
  signal: AbortSignal,
): Promise<number | undefined> {
  let completeToMs: number | undefined;
  for await (const batch of kafka.fetchCommitted(state.topic, state.partition, 'earliest', signal)) {
    for (const { value } of batch.records.filter(({ key }) => String(key) === state.cursorKey)) {
      try {
        ({ completeToMs } = decodeCursor(state.cursorKey, value));
      } catch {
        // Another unreadable one.
      }
    }
    if (batch.nextOffset >= batch.lastStableOffset) break;
  }
  return completeToMs;
}
