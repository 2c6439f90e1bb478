import type { PageSource } from '../asana/client.ts';
import type { Filters } from '../asana/query.ts';
import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import type { DecodeRecord } from '../avro/decoder.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { WaitPorts } from '../kafka/open-transaction.ts';
import { deadLettersTopic, partitionCount } from '../kafka/topics.ts';
import { SETTLE_MS } from '../stream/chain.ts';
import type { PassedGap } from '../stream/gap.ts';
import { type Comparison, compare, type Excuses, isInAny, isRefused } from './compare.ts';
import type { SourceEvent as Shown, TopicRecord } from './evidence.ts';
import type { SourceEvent } from './source-event.ts';
import { scanSource } from './source-scan.ts';
import { placeIn, scanDeadLetters, scanTopic } from './topic-scan.ts';

export interface VerifyRequest {
  readonly workspaceGid: string;
  readonly eventsTopic: string;
  readonly filters: Filters;
  /** Inclusive; the oldest event that Asana has where undefined. */
  readonly fromMs: number | undefined;
  /** Exclusive. */
  readonly toMs: number;
  /** Asana keeps events for 90 days before that. */
  readonly nowMs: number;
}

export interface VerifyPorts extends WaitPorts {
  readonly asana: PageSource<SourceEvent>;
  readonly kafka: KafkaClient;
  readonly decode: DecodeRecord;
  /** What the state says as of now. */
  readonly readExcuses: () => Promise<Excuses>;
  /** @param part of the whole that is done, 0 to 1 */
  readonly onProgress: (doing: string, count: number, part: number) => void;
}

export interface Verification extends Comparison {
  readonly fromMs: number;
  readonly toMs: number;
  /** Before the first event that the next sweep is to look for; where nothing is wrong, so far it is proven. */
  readonly provenToMs: number;
  /** Recorded times in the window that Asana refuses: nothing of them is compared. */
  readonly refused: readonly PassedGap[];
}

// So many events that only the topic has are looked up again; more than this is not a matter of timing.
const MAX_LOOKUPS = 100;

/** Reads the window from Asana first and from Kafka then, and compares. Throws TOPIC_MISSING before it asks Asana anything. */
export async function verifyWorkspace(
  request: VerifyRequest,
  ports: VerifyPorts,
  signal: AbortSignal,
): Promise<Verification> {
  const { workspaceGid, eventsTopic, filters, fromMs, toMs } = request;
  const { kafka, decode, readExcuses, onProgress, clock, onWait } = ports;
  await partitionCount(kafka, eventsTopic);
  const scope = { filters, startAtMs: fromMs, endAtMs: toMs };
  const fromOrOldestMs = fromMs ?? request.nowMs - ASANA_RETENTION_MS;
  const { gaps, unswept } = await readExcuses();
  const source = await scanSource(
    ports.asana,
    scope,
    gaps.filter(isRefused),
    (count, atMs) =>
      onProgress('events read from Asana', count, (atMs - fromOrOldestMs) / (toMs - fromOrOldestMs)),
    signal,
  );
  const startMs = windowStart(fromMs, source, request.nowMs);
  const scan = {
    topic: eventsTopic,
    workspaceGid,
    filters,
    fromMs: startMs,
    toMs,
    clock,
    onWait,
    onProgress: (count: number, part: number) => onProgress('records read from Kafka', count, part),
  };
  const copies = await scanTopic(kafka, scan, decode, signal);
  const deadLetters = await scanDeadLetters(
    kafka,
    deadLettersTopic(eventsTopic),
    workspaceGid,
    ports,
    signal,
  );
  // Again: while Asana was read, which may take an hour, a gap may have been recorded, or an operator have been at work.
  const excuses = { ...(await readExcuses()), unswept };
  const refused = excuses.gaps.filter(isRefused);
  await addLateComers(source, copies, filters, refused, ports, signal);
  const compared = compare(source, copies, deadLetters, excuses, placeIn(eventsTopic));
  return {
    ...compared,
    fromMs: startMs,
    toMs,
    provenToMs:
      compared.pending.length === 0 || unswept === undefined ? toMs : Math.max(startMs, unswept.fromMs),
    refused: refused.filter((gap) => gap.toMs > startMs && gap.fromMs < toMs),
  };
}

// A poll takes its time as well.
const POLL_TAKES_MS = 30_000;

/** Where none is given: what is younger, a connector that polls may not have asked for yet. */
export const windowEnd = (endAtMs: number | undefined, pollIntervalMs: number, nowMs: number): number =>
  Math.min(endAtMs ?? nowMs, nowMs - Math.max(SETTLE_MS, pollIntervalMs + POLL_TAKES_MS));

/** What Asana has deleted by now is no longer the topic's to answer for. */
export function windowStart(
  fromMs: number | undefined,
  source: ReadonlyMap<string, Shown>,
  nowMs: number,
): number {
  let oldestMs = Number.POSITIVE_INFINITY;
  for (const { createdAtMs } of source.values()) oldestMs = Math.min(oldestMs, createdAtMs ?? oldestMs);
  const keptMs = Math.min(oldestMs, nowMs - ASANA_RETENTION_MS);
  if (fromMs === undefined) return Number.isFinite(oldestMs) ? oldestMs : keptMs;
  return Math.max(fromMs, keptMs);
}

/** An event that became visible after we had read its time is in the topic and not in our copy of the source. */
async function addLateComers(
  source: Map<string, Shown>,
  copies: readonly TopicRecord[],
  filters: Filters,
  refused: readonly PassedGap[],
  { asana }: VerifyPorts,
  signal: AbortSignal,
): Promise<void> {
  const unknown = copies.flatMap((record) => {
    const { id, createdAtMs } = record;
    return createdAtMs === undefined || source.has(id) || isInAny(refused, record) ? [] : [createdAtMs];
  });
  if (unknown.length > MAX_LOOKUPS) return;
  for (const timeMs of new Set(unknown)) {
    const scope = { filters, startAtMs: timeMs, endAtMs: timeMs + 1 };
    for (const [id, copy] of await scanSource(asana, scope, refused, () => {}, signal)) source.set(id, copy);
  }
}
