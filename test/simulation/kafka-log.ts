/** One partition as its leader keeps it: batches, markers, what each producer may append, and what readers may see. */

import type { FetchedMessage, FetchedPartition } from 'kafkajs/src/cluster/index.js';
import { type ByteRange, bytesIn, rangeOf } from '../../src/byte-range.ts';
import type { OutgoingRecord } from '../../src/kafka/client.ts';
import { ProtocolError } from './kafka-errors.ts';

export interface ProducerIdentity {
  readonly producerId: number;
  readonly epoch: number;
}

export interface LoggedRecord extends OutgoingRecord {
  readonly offset: number;
}

export interface Batch {
  readonly producer: ProducerIdentity;
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** Undefined: data. */
  readonly control: 'commit' | 'abort' | undefined;
  /** Compaction takes records out and leaves the range. */
  records: readonly LoggedRecord[];
}

interface ProducerState {
  epoch: number;
  nextSequence: number;
  /** Appended lately: the same batch again is confirmed and not appended. */
  recent: { sequence: number; count: number; firstOffset: number }[];
}

const REMEMBERED_BATCHES = 5;
const MARKER_KEYS = { abort: Buffer.from([0, 0, 0, 0]), commit: Buffer.from([0, 0, 0, 1]) };

export class PartitionLog {
  #batches: Batch[] = [];
  readonly #producers = new Map<number, ProducerState>();
  /** First offset of each open transaction, by producer id. */
  readonly #open = new Map<number, number>();
  #aborted: { producerId: number; firstOffset: number; lastOffset: number }[] = [];
  #endOffset = 0;

  get endOffset(): number {
    return this.#endOffset;
  }

  get lastStableOffset(): number {
    return Math.min(this.#endOffset, ...this.#open.values());
  }

  /**
   * Appends one batch of an open transaction and returns its first offset.
   * Throws INVALID_PRODUCER_EPOCH for a producer that is fenced here, OUT_OF_ORDER_SEQUENCE_NUMBER for a gap.
   */
  append(producer: ProducerIdentity, sequence: number, records: readonly OutgoingRecord[]): number {
    const state = this.#stateOf(producer);
    const again = state.recent.find((batch) => batch.sequence === sequence && batch.count === records.length);
    if (again !== undefined) return again.firstOffset;
    if (sequence !== state.nextSequence) throw new ProtocolError('OUT_OF_ORDER_SEQUENCE_NUMBER');
    const firstOffset = this.#put(producer, undefined, records);
    state.nextSequence += records.length;
    state.recent = [...state.recent, { sequence, count: records.length, firstOffset }].slice(
      -REMEMBERED_BATCHES,
    );
    if (!this.#open.has(producer.producerId)) this.#open.set(producer.producerId, firstOffset);
    return firstOffset;
  }

  /** Ends the producer's transaction here; from a later epoch on, it fences the earlier ones too. */
  mark(producer: ProducerIdentity, control: 'commit' | 'abort'): void {
    this.#stateOf(producer);
    const firstOffset = this.#open.get(producer.producerId);
    const offset = this.#put(producer, control, []);
    this.#open.delete(producer.producerId);
    if (control === 'abort' && firstOffset !== undefined) {
      this.#aborted.push({ producerId: producer.producerId, firstOffset, lastOffset: offset });
    }
  }

  /** Of the first record with this timestamp or a later one; the end where there is none. */
  offsetFrom(timestampMs: number): number {
    for (const { records } of this.#batches) {
      const found = records.find((record) => record.timestampMs >= timestampMs);
      if (found !== undefined) return found.offset;
    }
    return this.lastStableOffset;
  }

  /** What a read_committed fetch gets, as kafkajs decodes it. */
  fetch(partition: number, from: number, maxBatches: number): FetchedPartition {
    const lastStableOffset = this.lastStableOffset;
    const batches: Batch[] = [];
    for (const batch of this.#batches) {
      if (batch.lastOffset < from) continue;
      if (batch.firstOffset >= lastStableOffset || batches.length === maxBatches) break;
      batches.push(batch);
    }
    const end = batches.at(-1)?.lastOffset ?? from;
    const aborted = this.#aborted.filter(
      ({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset <= end,
    );
    return {
      partition,
      highWatermark: String((this.#batches.at(-1)?.lastOffset ?? -1) + 1),
      lastStableOffset: String(lastStableOffset),
      abortedTransactions: aborted.map(({ producerId, firstOffset }) => ({
        producerId: String(producerId),
        firstOffset: String(firstOffset),
      })),
      messages: batches.flatMap(toMessages),
    };
  }

  /** Removes what a later committed record of the same key replaces, and what was aborted; not from the last batch. */
  compact(): void {
    const end = this.lastStableOffset;
    const last = new Map<string, number>();
    const kept = this.#batches.filter(({ lastOffset }) => lastOffset < end);
    const isAborted = ({ producer, firstOffset }: Batch) =>
      this.#aborted.some(
        (each) =>
          each.producerId === producer.producerId &&
          each.firstOffset <= firstOffset &&
          firstOffset <= each.lastOffset,
      );
    for (const batch of kept) {
      if (isAborted(batch)) continue;
      for (const { key, offset } of batch.records) if (key !== null) last.set(key.toString(), offset);
    }
    for (const batch of kept) {
      const aborted = isAborted(batch);
      batch.records = batch.records.filter(
        ({ key, offset }) => !aborted && key !== null && last.get(key.toString()) === offset,
      );
    }
    this.#batches = this.#batches.filter(
      ({ lastOffset, records }) => records.length > 0 || lastOffset >= end - 1,
    );
    // With its marker gone, an abort that is still announced would never end for a reader.
    const left = new Set(this.#batches.map(({ firstOffset }) => firstOffset));
    this.#aborted = this.#aborted.filter(({ lastOffset }) => left.has(lastOffset));
  }

  #stateOf({ producerId, epoch }: ProducerIdentity): ProducerState {
    const known = this.#producers.get(producerId);
    if (known !== undefined && epoch < known.epoch) throw new ProtocolError('INVALID_PRODUCER_EPOCH');
    if (known?.epoch === epoch) return known;
    const fresh: ProducerState = { epoch, nextSequence: 0, recent: [] };
    this.#producers.set(producerId, fresh);
    return fresh;
  }

  #put(producer: ProducerIdentity, control: Batch['control'], records: readonly OutgoingRecord[]): number {
    const firstOffset = this.#endOffset;
    this.#endOffset += Math.max(1, records.length);
    this.#batches.push({
      producer,
      control,
      firstOffset,
      lastOffset: this.#endOffset - 1,
      records: records.map((record, at) => ({
        ...record,
        value: copyOf(record.value),
        offset: firstOffset + at,
      })),
    });
    return firstOffset;
  }
}

/** As a broker has one: whose record it was may give its memory back. */
const copyOf = (value: ByteRange | null): ByteRange | null => value && rangeOf(Buffer.from(bytesIn(value)));

function toMessages({ producer, control, firstOffset, lastOffset, records }: Batch): FetchedMessage[] {
  const batchContext = {
    firstOffset: String(firstOffset),
    lastOffsetDelta: lastOffset - firstOffset,
    producerId: String(producer.producerId),
    inTransaction: true,
  };
  if (control !== undefined) {
    const key = MARKER_KEYS[control];
    const offset = String(firstOffset);
    return [{ offset, timestamp: '0', key, value: null, headers: {}, isControlRecord: true, batchContext }];
  }
  return records.map(({ offset, key, value, timestampMs, headers }) => ({
    offset: String(offset),
    timestamp: String(timestampMs),
    key: key === null ? null : Buffer.from(key),
    value: value && bytesIn(value),
    headers: Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, text]) => [name, Buffer.from(text)]),
    ),
    isControlRecord: false,
    batchContext,
  }));
}
