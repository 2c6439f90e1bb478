import type { EventSerializer } from '../avro/serializer.ts';
import type { Clock } from '../clock.ts';
import { ConnectorError, type ErrorCode } from '../errors.ts';
import type { OutgoingRecord, Transaction } from '../kafka/client.ts';
import type { Session, StateLocation } from '../kafka/session.ts';
import type { StateKeys } from '../kafka/state-keys.ts';
import { type PlacedRecord, type TopicTarget, writeRecords } from '../kafka/writer.ts';
import { type DeadLetter, deadLetterRecord, encodeEvents } from './batch.ts';
import { advance, type Cursor, withCounts } from './cursor.ts';
import { encodeCursor } from './cursor-record.ts';
import type { StreamEvent } from './events.ts';
import { encodeGap, type Gap, gapBefore } from './gap.ts';
import type { StreamObserver } from './observer.ts';
import type { ReadPage } from './reader.ts';
import { RecentIds } from './recent-ids.ts';

export interface CommitterPorts {
  readonly session: Session;
  readonly serializer: EventSerializer;
  readonly clock: Clock;
  readonly observer: StreamObserver;
}

export interface Destination {
  readonly workspaceGid: string;
  /** Fingerprint of the filters. */
  readonly filters: string;
  readonly keys: StateKeys;
  readonly state: StateLocation;
  readonly events: TopicTarget & { readonly partitions: number };
  readonly deadLetters: TopicTarget;
}

const RECENT_IDS = 10_000;

/** Puts pages into Kafka, one transaction each, in the order in which they are given; holds the cursor. */
export class Committer {
  readonly #ports: CommitterPorts;
  readonly #to: Destination;
  readonly #recent = new RecentIds(RECENT_IDS);
  #cursor: Cursor | undefined;

  constructor(cursor: Cursor | undefined, to: Destination, ports: CommitterPorts) {
    this.#cursor = cursor;
    this.#to = to;
    this.#ports = ports;
  }

  /** As of the last commit; undefined before the first one ever. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /**
   * Commits the page's new events, its dead letters and the cursor behind it, all or nothing. The cursor moves only once the
   * commit is acknowledged. After a throw the session is of no further use.
   */
  async commit(page: ReadPage): Promise<Cursor> {
    const { session, serializer, observer, clock } = this.#ports;
    const fresh = this.#fresh(page.events);
    observer.pageRead(fresh[0]?.createdAtMs);
    const gap = gapBefore(this.#cursor, page.chain, page.events, page.asOfMs);
    const moved = advance(this.#cursor, this.#advanceBy(page, fresh, gap));
    const { records, deadLetters } = encodeEvents(fresh, serializer, this.#to.events.partitions);
    let cursor = moved;
    await session.transact(async (tx) => {
      const refused = await writeRecords(tx, this.#to.events, records);
      const refusedEvents = new Set(refused.map(({ record }) => record.event));
      for (const { record, error } of refused) {
        deadLetters.push({ event: record.event, reason: 'refused-by-kafka', message: error.message });
      }
      await this.#writeDeadLetters(tx, deadLetters, clock.now());
      const published = records.filter(({ event }) => !refusedEvents.has(event)).map(({ event }) => event.id);
      cursor = withCounts(moved, published, deadLetters.length);
      await this.#writeState(tx, cursor, gap, clock.now());
    });
    const events = cursor.events - (this.#cursor?.events ?? 0);
    this.#cursor = cursor;
    const caughtUp = page.step.left !== 'more';
    observer.committed(
      { events, deadLetters, duplicatesDropped: page.events.length - fresh.length, gap },
      { ...cursor, caughtUp },
    );
    return cursor;
  }

  /** Without what is committed at the watermark or later, and what a page before this one showed. */
  #fresh(events: readonly StreamEvent[]): StreamEvent[] {
    return events.filter(({ id }) => !this.#cursor?.committed.has(id) && this.#recent.add(id));
  }

  #advanceBy(
    { chain, step, offset, asOfMs }: ReadPage,
    events: readonly StreamEvent[],
    gap: Gap | undefined,
  ) {
    const { startAtMs, endAtMs, limit } = chain.query;
    const empty = step.left === 'nothing' && chain.mode === 'live';
    return {
      mode: chain.mode,
      filters: this.#to.filters,
      offset:
        chain.mode === 'live' && offset !== null
          ? { value: offset, obtainedAtMs: asOfMs, query: { startAtMs, endAtMs, limit } }
          : undefined,
      startAtMs,
      events,
      asOfMs,
      readToMs: step.readToMs,
      completeToMs: empty ? asOfMs : gap?.toMs,
    };
  }

  async #writeDeadLetters(tx: Transaction, letters: readonly DeadLetter[], nowMs: number): Promise<void> {
    const records = letters.map((letter) => deadLetterRecord(letter, this.#to.workspaceGid, nowMs));
    await writeAll(tx, this.#to.deadLetters, records, 'DEAD_LETTER_REFUSED');
  }

  async #writeState(tx: Transaction, cursor: Cursor, gap: Gap | undefined, nowMs: number): Promise<void> {
    const { keys, state } = this.#to;
    const record = (key: string, value: Buffer): PlacedRecord => ({
      partition: state.partition,
      key: Buffer.from(key),
      value,
      timestampMs: nowMs,
    });
    const gaps = gap ? [record(keys.gap(gap.fromMs), encodeGap(gap, nowMs))] : [];
    await writeAll(tx, state, [...gaps, record(keys.cursor, encodeCursor(cursor))], 'STATE_REFUSED');
  }
}

/** These records have nowhere else to go: a refused one stops the stream, so that nothing is lost silently. */
async function writeAll(
  tx: Transaction,
  target: TopicTarget,
  records: readonly (PlacedRecord & OutgoingRecord)[],
  code: ErrorCode,
): Promise<void> {
  const [refused] = await writeRecords(tx, target, records);
  if (refused) throw new ConnectorError(code, refused.error.message, { cause: refused.error });
}
