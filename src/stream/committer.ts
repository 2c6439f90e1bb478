import type { EventSerializer } from '../avro/serializer.ts';
import type { Clock } from '../clock.ts';
import { ConnectorError, type ErrorCode } from '../errors.ts';
import type { OutgoingRecord, Transaction } from '../kafka/client.ts';
import type { Session, StateLocation } from '../kafka/session.ts';
import type { StateKeys } from '../kafka/state-keys.ts';
import { type PlacedRecord, type TopicTarget, writeRecords } from '../kafka/writer.ts';
import { DEAD_LETTERS_PARTITION, type DeadLetter, deadLetterRecord, encodeEvents } from './batch.ts';
import { type Advance, advance, afterSweep, type Cursor, withPut, youngestMs } from './cursor.ts';
import { encodeCursor } from './cursor-record.ts';
import type { StreamEvent } from './events.ts';
import { afterGap, encodeGap, gapBefore, type PassedGap } from './gap.ts';
import type { StreamObserver } from './observer.ts';
import type { ReadPage } from './reader.ts';
import { RecentIds } from './recent-ids.ts';
import type { SweepResult } from './sweep.ts';

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
  /** Of sweeps: what is read so long after its time is settled. */
  readonly lookbackMs: number;
}

const RECENT_IDS = 10_000;

/** Puts pages into Kafka, one transaction each, in the order in which they are given; holds the cursor. */
export class Committer {
  readonly #ports: CommitterPorts;
  readonly #to: Destination;
  readonly #recent = new RecentIds(RECENT_IDS);
  #cursor: Cursor | undefined;
  #gaps: readonly PassedGap[];

  /**
   * @param known ids of events that were committed before, and that the source may show again
   * @param gaps times that Asana refuses, as far as they are recorded
   */
  constructor(
    cursor: Cursor | undefined,
    known: Iterable<string>,
    to: Destination,
    ports: CommitterPorts,
    gaps: readonly PassedGap[] = [],
  ) {
    this.#cursor = cursor;
    this.#gaps = gaps;
    for (const id of known) this.#recent.add(id);
    this.#to = to;
    this.#ports = ports;
  }

  /** As of the last commit; undefined before the first one ever. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** Times that Asana refuses and that are recorded: nobody asks for them again. */
  get gaps(): readonly PassedGap[] {
    return this.#gaps;
  }

  /**
   * Commits the page's new events, its dead letters and the cursor behind it, all or nothing. The cursor moves only once the
   * commit is acknowledged. After a throw the session is of no further use.
   */
  async commit(page: ReadPage): Promise<Cursor> {
    const events = this.#fresh(page.events);
    this.#ports.observer.pageRead(events[0]?.createdAtMs);
    const before = this.#cursor;
    const gap = gapBefore(before, page.chain, page.events, page.asOfMs);
    const youngest = before ? youngestMs(before) : 0;
    const isLate = ({ createdAtMs }: StreamEvent) => createdAtMs < youngest;
    const moved = advance(before, this.#advanceBy(page, events, gap));
    const duplicatesDropped = page.events.length - events.length;
    const caughtUp = page.step.left !== 'more';
    return this.#put({ pages: 1, events, moved, isLate, gap, duplicatesDropped, caughtUp });
  }

  /** Commits what a sweep found, but for what was committed since it began. */
  async commitSweep({ late, asOfMs, sweptToMs, eventsThen }: SweepResult): Promise<void> {
    const before = this.#cursor;
    // So much has come since that the ids of it are no longer all known: the next sweep looks again.
    if (before === undefined || before.events - eventsThen > RECENT_IDS) return;
    const events = this.#fresh(late);
    const moved = afterSweep(before, { events, asOfMs, sweptToMs, lookbackMs: this.#to.lookbackMs });
    const caughtUp = before.mode === 'live';
    await this.#put({
      pages: 0,
      events,
      moved,
      isLate: () => true,
      gap: undefined,
      duplicatesDropped: 0,
      caughtUp,
    });
    this.#ports.observer.swept();
  }

  /** Commits the record of a time that Asana refuses, with the cursor behind it. */
  async commitGap(gap: PassedGap): Promise<void> {
    const place = { filters: this.#to.filters, eventsTopic: this.#to.events.topic };
    const moved = afterGap(this.#cursor, gap, place);
    const caughtUp = moved.mode === 'live';
    await this.#put({
      pages: 0,
      events: [],
      moved,
      isLate: () => false,
      gap,
      duplicatesDropped: 0,
      caughtUp,
    });
    this.#gaps = [...this.#gaps, gap];
  }

  /** Without what is committed at the watermark or later, what a sweep published, and what a page before this one showed. */
  #fresh(events: readonly StreamEvent[]): StreamEvent[] {
    const { committed, swept } = this.#cursor ?? {};
    return events.filter(({ id }) => !committed?.has(id) && !swept?.has(id) && this.#recent.add(id));
  }

  #advanceBy(
    { chain, step, offset, asOfMs }: ReadPage,
    events: readonly StreamEvent[],
    gap: PassedGap | undefined,
  ): Advance {
    const { startAtMs, endAtMs, limit } = chain.query;
    const empty = step.left === 'nothing' && chain.mode === 'live';
    return {
      mode: chain.mode,
      filters: this.#to.filters,
      eventsTopic: this.#to.events.topic,
      offset:
        chain.mode === 'live' && offset !== null
          ? { value: offset, obtainedAtMs: asOfMs, query: { startAtMs, endAtMs, limit } }
          : undefined,
      startAtMs,
      events,
      asOfMs,
      settledMs: asOfMs - this.#to.lookbackMs,
      readToMs: step.readToMs,
      completeToMs: empty ? asOfMs : gap?.toMs,
    };
  }

  async #put(batch: Batch): Promise<Cursor> {
    const { session, serializer, observer } = this.#ports;
    const { records, deadLetters } = encodeEvents(
      batch.events,
      serializer,
      this.#to.events.partitions,
      batch.isLate,
    );
    let cursor = batch.moved;
    let late = 0;
    await session.transact(async (tx) => {
      const { refused, ends } = await writeRecords(tx, this.#to.events, records);
      const refusedEvents = new Set(refused.map(({ record }) => record.event));
      for (const { record, error } of refused) {
        deadLetters.push({ event: record.event, reason: 'refused-by-kafka', message: error.message });
      }
      const deadLettersEnd = await this.#writeDeadLetters(tx, deadLetters);
      const published = records.filter(({ event }) => !refusedEvents.has(event)).map(({ event }) => event);
      late = published.filter(batch.isLate).length;
      const gids = published.map(({ id }) => id);
      cursor = withPut(batch.moved, { gids, ends, deadLetters: deadLetters.length, deadLettersEnd });
      await this.#writeState(tx, cursor, batch.gap);
    });
    const events = cursor.events - (this.#cursor?.events ?? 0);
    this.#cursor = cursor;
    const { pages, duplicatesDropped, gap, caughtUp } = batch;
    observer.committed({ pages, events, deadLetters, duplicatesDropped, late, gap }, { ...cursor, caughtUp });
    return cursor;
  }

  async #writeDeadLetters(tx: Transaction, letters: readonly DeadLetter[]): Promise<number | undefined> {
    const nowMs = this.#ports.clock.now();
    const records = letters.map((letter) => deadLetterRecord(letter, this.#to.workspaceGid, nowMs));
    const ends = await writeAll(tx, this.#to.deadLetters, records, 'DEAD_LETTER_REFUSED');
    return ends.get(DEAD_LETTERS_PARTITION);
  }

  async #writeState(tx: Transaction, cursor: Cursor, gap: PassedGap | undefined): Promise<void> {
    const { keys, state } = this.#to;
    const nowMs = this.#ports.clock.now();
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

/** What one transaction is made of. */
interface Batch {
  readonly pages: 0 | 1;
  readonly events: readonly StreamEvent[];
  readonly moved: Cursor;
  readonly isLate: (event: StreamEvent) => boolean;
  readonly gap: PassedGap | undefined;
  readonly duplicatesDropped: number;
  readonly caughtUp: boolean;
}

/** These records have nowhere else to go: a refused one stops the stream, so that nothing is lost silently. */
async function writeAll(
  tx: Transaction,
  target: TopicTarget,
  records: readonly (PlacedRecord & OutgoingRecord)[],
  code: ErrorCode,
): Promise<ReadonlyMap<number, number>> {
  const { refused, ends } = await writeRecords(tx, target, records);
  const [first] = refused;
  if (first) throw new ConnectorError(code, first.error.message, { cause: first.error });
  return ends;
}
