import { giveBack, rangeOf } from '../byte-range.ts';
import type { Clock } from '../clock.ts';
import type { ErrorCode } from '../error-list.ts';
import { ConnectorError } from '../errors.ts';
import type { OutgoingRecord, Transaction } from '../kafka/client.ts';
import type { Session, StateLocation } from '../kafka/session.ts';
import type { StateKeys } from '../kafka/state-keys.ts';
import { type PlacedRecord, type TopicTarget, writeRecords } from '../kafka/writer.ts';
import { Batch, DEAD_LETTERS_PARTITION, type DeadLetter, deadLetterRecord, refusedLetter } from './batch.ts';
import { type Advance, advance, afterSweep, type Books, type Cursor, withPut, youngestMs } from './cursor.ts';
import { encodeCursor } from './cursor-record.ts';
import type { StreamEvent } from './events.ts';
import { afterGap, encodeGap, gapBefore, type PassedGap } from './gap.ts';
import { KnownIds, MOST_KNOWN, type ReadBack } from './known-ids.ts';
import type { StreamObserver } from './observer.ts';
import type { ReadPage } from './read-page.ts';
import { isDatedIn, type SweepOptions, type SweepRange, type SweepResult, sweepProgress } from './sweep.ts';

export interface CommitterPorts {
  readonly session: Pick<Session, 'transact'>;
  /** The registry's, of the schema that values are written with. */
  readonly schemaId: number;
  readonly clock: Clock;
  readonly observer: StreamObserver;
  readonly readBack: ReadBack;
}

export interface Destination {
  readonly workspaceGid: string;
  /** Fingerprint of the filters. */
  readonly filters: string;
  readonly keys: StateKeys;
  readonly state: StateLocation;
  /** What was put there before, where the stream has no cursor. */
  readonly books: Books;
  readonly events: TopicTarget & { readonly partitions: number };
  readonly deadLetters: TopicTarget;
  /** What is read so long after its time as their lookback is settled. */
  readonly sweeps: SweepOptions;
}

/** Puts pages into Kafka, in the order in which they are given, a transaction a call; holds the cursor. */
export class Committer {
  readonly #ports: CommitterPorts;
  readonly #to: Destination;
  readonly #known: KnownIds;
  #cursor: Cursor | undefined;
  #gaps: readonly PassedGap[];
  /** Of the sweep begun last, with the ids of what is dated in its range and was committed since: what was late, and shown by the live chain. */
  #sweep:
    | { readonly range: SweepRange; readonly eventsThen: number; readonly committedSince: Set<string> }
    | undefined;
  /** The last page left nothing, as far as it showed. */
  #caughtUp = false;

  /**
   * @param gaps times that Asana refuses, as far as they are recorded
   */
  constructor(
    cursor: Cursor | undefined,
    to: Destination,
    ports: CommitterPorts,
    gaps: readonly PassedGap[] = [],
  ) {
    this.#cursor = cursor;
    this.#gaps = gaps;
    this.#known = new KnownIds(cursor, ports.readBack);
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
   * Commits the pages' new events, their dead letters and the cursor behind them, all or nothing. The cursor moves only once
   * the commit is acknowledged, and then the memory of the pages is given back. After a throw the session is of no further use.
   */
  async commit(pages: readonly ReadPage[]): Promise<Cursor> {
    let cursor = this.#cursor;
    await this.#known.prepare(pages, cursor);
    const batch = this.#newBatch();
    for (const page of pages) cursor = this.#addPage(batch, page, cursor);
    if (cursor === undefined) throw new RangeError('without a page there is nothing to commit');
    this.#caughtUp = pages.at(-1)?.left !== 'more';
    const moved = await this.#put(batch, cursor, pages.length);
    for (const { events } of pages) giveBackMemory(events);
    return moved;
  }

  /**
   * What is committed from now on is not in the topic that the sweep reads. Its ids are kept until it is committed, of what is dated in
   * the range: almost all that comes is younger, so that they are few, whatever the rate and however long it takes.
   */
  beginSweep(range: SweepRange): void {
    this.#sweep = { range, eventsThen: this.#cursor?.events ?? 0, committedSince: new Set() };
  }

  /** Commits what the sweep found, but for what was committed since it began. */
  async commitSweep({ late, asOfMs, sweptToMs }: SweepResult): Promise<void> {
    const [before, sweep] = [this.#cursor, this.#sweep];
    if (before === undefined || sweep === undefined) throw new RangeError('no sweep has begun');
    // What is dated elsewhere than where Asana shows it, in the future for example, may be among what came since, too.
    const isToldFromAll = before.events - sweep.eventsThen <= MOST_KNOWN;
    const events = late.filter(
      (event) =>
        (isToldFromAll || isDatedIn(sweep.range, event)) &&
        !sweep.committedSince.has(event.id) &&
        this.#known.isNew(event, before),
    );
    const batch = this.#newBatch();
    for (const event of events) batch.add(event, true);
    const { lookbackMs } = this.#to.sweeps;
    const cursor = afterSweep(before, { events, asOfMs, sweptToMs, lookbackMs });
    await this.#put(batch, cursor, 0);
    this.#sweep = undefined;
    this.#ports.observer.swept();
  }

  /** Commits the record of a time that Asana refuses, with the cursor behind it. */
  async commitGap(gap: PassedGap): Promise<void> {
    const batch = this.#newBatch();
    batch.gaps.push(gap);
    const moved = afterGap(this.#cursor, gap, this.#to);
    this.#caughtUp &&= moved.mode === 'live';
    await this.#put(batch, moved, 0);
    this.#gaps = [...this.#gaps, gap];
  }

  #newBatch(): Batch {
    return new Batch(this.#to.events.partitions, this.#ports.schemaId);
  }

  /** The cursor behind the page, once the batch is committed. */
  #addPage(batch: Batch, page: ReadPage, before: Cursor | undefined): Cursor {
    const events = page.events.filter((event) => this.#known.isNew(event, before));
    const gap = gapBefore(before, page);
    if (gap) batch.gaps.push(gap);
    batch.duplicatesDropped += page.events.length - events.length;
    const youngest = before ? youngestMs(before) : 0;
    for (const event of events) {
      batch.add(event, event.createdAtMs < youngest);
      if (this.#sweep && isDatedIn(this.#sweep.range, event)) this.#sweep.committedSince.add(event.id);
    }
    return advance(before, this.#advanceBy(page, events, gap));
  }

  #advanceBy(page: ReadPage, events: readonly StreamEvent[], gap: PassedGap | undefined): Advance {
    const { mode, query, offset, asOfMs, left, readToMs } = page;
    const { startAtMs, endAtMs, limit } = query;
    const empty = left === 'nothing' && mode === 'live';
    return {
      mode,
      filters: this.#to.filters,
      books: this.#to.books,
      offset:
        mode === 'live' && offset !== null
          ? { value: offset, obtainedAtMs: asOfMs, query: { startAtMs, endAtMs, limit } }
          : undefined,
      startAtMs,
      events,
      asOfMs,
      settledMs: asOfMs - this.#to.sweeps.lookbackMs,
      readToMs,
      // Behind its end, a query shows nothing.
      completeToMs: empty ? Math.min(asOfMs, endAtMs ?? asOfMs) : gap?.toMs,
    };
  }

  async #put(batch: Batch, moved: Cursor, pages: number): Promise<Cursor> {
    const { session, observer, clock } = this.#ports;
    const { records, gaps, duplicatesDropped } = batch;
    const deadLetters = [...batch.deadLetters];
    let published = records;
    let cursor = moved;
    observer.pageRead(records[0]?.timestampMs);
    const startedMs = clock.monotonicMs();
    await session.transact(async (tx) => {
      const { refused, ends } = await writeRecords(tx, this.#to.events, records);
      for (const [partition, end] of ends)
        refuseLostTopic(this.#to.events.topic, end, moved.ends.get(partition));
      for (const { record, error } of refused) deadLetters.push(refusedLetter(record, error.message));
      const deadLettersEnd = await this.#writeDeadLetters(tx, deadLetters);
      refuseLostTopic(this.#to.deadLetters.topic, deadLettersEnd, moved.deadLettersEnd);
      const refusedRecords = new Set(refused.map(({ record }) => record));
      published = records.filter((record) => !refusedRecords.has(record));
      const gids = published.map(({ key }) => key);
      cursor = withPut(moved, { gids, ends, deadLetters: deadLetters.length, deadLettersEnd });
      await this.#writeState(tx, cursor, gaps);
    });
    this.#cursor = cursor;
    const late = published.filter(({ isLate }) => isLate).length;
    const events = published.length;
    const durationMs = clock.monotonicMs() - startedMs;
    observer.committed(
      { durationMs, pages, events, records: published, deadLetters, duplicatesDropped, late, gaps },
      { ...cursor, caughtUp: this.#caughtUp, sweeps: sweepProgress(cursor, this.#to.sweeps) },
    );
    return cursor;
  }

  async #writeDeadLetters(tx: Transaction, letters: readonly DeadLetter[]): Promise<number | undefined> {
    const nowMs = this.#ports.clock.now();
    const records = letters.map((letter) => deadLetterRecord(letter, this.#to.workspaceGid, nowMs));
    const ends = await writeAll(tx, this.#to.deadLetters, records, 'DEAD_LETTER_REFUSED');
    return ends.get(DEAD_LETTERS_PARTITION);
  }

  async #writeState(tx: Transaction, cursor: Cursor, gaps: readonly PassedGap[]): Promise<void> {
    const { keys, state } = this.#to;
    const nowMs = this.#ports.clock.now();
    const record = (key: string, value: Buffer): PlacedRecord => ({
      partition: state.partition,
      key,
      value: rangeOf(value),
      timestampMs: nowMs,
    });
    const records = gaps.map((gap) => record(keys.gap(gap.fromMs), encodeGap(gap, nowMs)));
    await writeAll(tx, state, [...records, record(keys.cursor, encodeCursor(cursor))], 'STATE_REFUSED');
  }
}

/** Nearly always one for all. */
function giveBackMemory(events: readonly StreamEvent[]): void {
  let last: Buffer | undefined;
  for (const { value } of events) {
    if (value === undefined || value.memory === last) continue;
    last = value.memory;
    giveBack(last);
  }
}

/** A topic that somebody made anew, or that was cut off, lacks what was committed to it: its offsets tell. */
function refuseLostTopic(topic: string, end: number | undefined, endBefore = 0): void {
  if (end === undefined || end > endBefore) return;
  throw new ConnectorError(
    'TOPIC_LOST',
    `${topic} ends at offset ${end}, but the state says that records up to ${endBefore} were committed to it`,
  );
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
