/** From what a run has left behind to the evidence that the invariants are checked on. */

import { hash } from 'node:crypto';
import { createDecoder } from '../../src/avro/decoder.ts';
import { EVENT_TYPE } from '../../src/avro/schema.ts';
import { toEvent } from '../../src/avro/to-event.ts';
import { bytesIn } from '../../src/byte-range.ts';
import { canonicalJson } from '../../src/canonical-json.ts';
import { committedRecords } from '../../src/kafka/committed-records.ts';
import { stateKeys } from '../../src/kafka/state-keys.ts';
import type { Cursor } from '../../src/stream/cursor.ts';
import { decodeCursor } from '../../src/stream/cursor-record.ts';
import { decodePassedGap, type PassedGap } from '../../src/stream/gap.ts';
import type {
  ConcurrentReading,
  DeadLetterRecord,
  Evidence,
  PartitionEnd,
  StateRecord,
  StreamEvidence,
  TopicRecord,
} from '../../src/verify/evidence.ts';
import type { TransactionHistory, Write } from './kafka-coordinator.ts';
import { CONNECTOR_NAME, DEAD_LETTERS, topicOptions } from './topics.ts';
import type { World } from './world.ts';

const decode = createDecoder(async () => EVENT_TYPE);

interface Published extends TopicRecord {
  readonly workspaceGid: string;
}

/** What each record of the events topic says, by `partition@offset`; each decoded once. */
export type PublishedRecords = ReadonlyMap<string, Published>;

const placeOf = ({ topic, partition, offset }: Pick<Write, 'topic' | 'partition' | 'offset'>): string =>
  `${topic}-${partition}@${offset}`;

export async function readPublished(world: World): Promise<PublishedRecords> {
  const { eventsTopic } = topicOptions(world.plan);
  const published = new Map<string, Published>();
  for (const { partition, records } of scan(world, eventsTopic)) {
    for (const { offset, value, headers } of records) {
      const record = await decode(value ?? Buffer.alloc(0));
      published.set(placeOf({ topic: eventsTopic, partition, offset }), {
        workspaceGid: record.workspace_gid,
        id: record.gid,
        createdAtMs: record.created_at,
        hash: hash('sha256', canonicalJson(toEvent(record))),
        partition,
        offset,
        late: headers.late === 'true',
      });
    }
  }
  return published;
}

/** What a read_committed reader sees of each partition, from its beginning to its end. */
function* scan(world: World, topic: string) {
  const partitions = world.cluster.describeTopic(topic)?.partitions ?? 0;
  for (let partition = 0; partition < partitions; partition++) {
    const log = world.cluster.logOf(topic, partition);
    yield { partition, ...committedRecords(log.fetch(partition, 0, Number.POSITIVE_INFINITY), 0) };
  }
}

export interface Goals {
  /** Times on Asana's clock; undefined where the run never got so far. */
  readonly completeToMs: ReadonlyMap<string, number | undefined>;
  readonly expectedMs: number;
  /** The processes that run a stream at the end. */
  readonly runners: ReadonlyMap<string, readonly string[]>;
}

export async function collectEvidence(
  world: World,
  goals: Goals,
  readings: readonly { partition: number; seen: readonly string[] }[],
): Promise<Evidence> {
  const published = await readPublished(world);
  const { eventsTopic } = topicOptions(world.plan);
  const committed = world.cluster.transactions.history.filter(({ outcome }) => outcome === 'committed');
  return {
    streams: collectStreams(world, published, committed, goals),
    abortedVisible: findAborted(world, committed),
    partitions: collectEnds(world),
    readings: readings.map(
      ({ partition, seen }): ConcurrentReading => ({
        topic: eventsTopic,
        partition,
        seen,
        atTheEnd: [...published.values()]
          .filter((record) => record.partition === partition)
          .map(({ offset, id }) => `${offset} ${id}`),
      }),
    ),
    requests: world.history.requests,
    deadProducerUses: world.history.deadProducerUses,
    disputes: [...world.history.disputes, ...notRunOnce(goals)],
  };
}

const notRunOnce = ({ runners }: Goals): string[] =>
  [...runners].flatMap(([gid, names]) =>
    names.length === 1
      ? []
      : [`${gid}: after everything had healed, it is run by ${names.join(', ') || 'nobody'}`],
  );

function collectStreams(
  world: World,
  published: PublishedRecords,
  committed: readonly TransactionHistory[],
  goals: Goals,
): StreamEvidence[] {
  const truth = Map.groupBy(world.asana.state.truth(), ({ workspace_gid }) => workspace_gid);
  const records = Map.groupBy(published.values(), ({ workspaceGid }) => workspaceGid);
  return world.plan.workspaces.map((gid): StreamEvidence => {
    const { reported, mostPagesAhead } = world.history.streamOf(gid);
    const topic = records.get(gid) ?? [];
    const seen = new Set(topic.map(({ id }) => id));
    const isSkipped = skippedBy(world, gapsOf(committed, gid));
    return {
      stream: gid,
      source: (truth.get(gid) ?? [])
        .filter((entry) => seen.has(entry.gid) || !isSkipped(Date.parse(entry.created_at)))
        .map((entry) => ({ id: entry.gid, hash: entry.sha256 })),
      topic,
      deadLetters: deadLettersOf(world, gid),
      steps: committed.flatMap((transaction) => stepOf(transaction, gid, published) ?? []),
      state: stateOf(committed, gid),
      reported,
      mostPagesAhead,
      caughtUp: { completeToMs: goals.completeToMs.get(gid), expectedMs: goals.expectedMs },
    };
  });
}

/** Only what Asana really refuses may be missing, and only with a gap record. */
function skippedBy({ asana }: World, gaps: readonly PassedGap[]): (timeMs: number) => boolean {
  const { refusedFrom, refusedForMs } = asana.state.options;
  return (timeMs) =>
    timeMs >= refusedFrom &&
    timeMs < refusedFrom + refusedForMs &&
    gaps.some(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs);
}

function gapsOf(committed: readonly TransactionHistory[], gid: string): PassedGap[] {
  const { gap } = stateKeys(CONNECTOR_NAME, gid);
  return committed
    .flatMap(({ writes }) => writes)
    .filter(({ topic }) => topic === 'state')
    .flatMap(({ record: { key, value } }) => {
      const found = decodePassedGap(String(key), value && bytesIn(value));
      return found && String(key) === gap(found.fromMs) ? [found] : [];
    });
}

function deadLettersOf(world: World, gid: string): DeadLetterRecord[] {
  return [...scan(world, DEAD_LETTERS)].flatMap(({ records }) =>
    records
      .filter(({ headers }) => headers.workspace_gid === gid)
      .map(({ offset, value }) => ({ offset, hash: hash('sha256', value ?? '') })),
  );
}

function stepOf({ owner, writes }: TransactionHistory, gid: string, published: PublishedRecords) {
  const ids: string[] = [];
  let deadLetters = 0;
  let cursor: Cursor | undefined;
  for (const write of writes) {
    const { topic, record } = write;
    if (topic === 'state') cursor = cursorIn(write, gid) ?? cursor;
    else if (topic === DEAD_LETTERS) deadLetters += record.headers?.workspace_gid === gid ? 1 : 0;
    else {
      const event = published.get(placeOf(write));
      if (event?.workspaceGid === gid) ids.push(event.id);
    }
  }
  if (ids.length + deadLetters === 0 && cursor === undefined) return undefined;
  return { by: owner, ids, deadLetters, cursor };
}

/** The cursor in a record of the state topic, if it is one of the workspace. */
export function cursorIn({ topic, record: { key, value } }: Write, gid: string): Cursor | undefined {
  const name = stateKeys(CONNECTOR_NAME, gid).cursor;
  return topic === 'state' && String(key) === name ? decodeCursor(name, value && bytesIn(value)) : undefined;
}

function stateOf(committed: readonly TransactionHistory[], gid: string): StateRecord[] {
  const keys = stateKeys(CONNECTOR_NAME, gid);
  const found: (StateRecord & { partition: number })[] = [];
  for (const { producer, writes } of committed) {
    for (const { topic, partition, offset, record } of writes) {
      if (topic !== 'state') continue;
      const writer = `${producer.producerId}/${producer.epoch}`;
      const key = String(record.key);
      if (key === keys.session) found.push({ kind: 'session', writer, offset, partition });
      else if (key === keys.cursor) found.push({ kind: 'cursor', writer, offset, partition });
    }
  }
  // Only where the cursor is: the session's record goes to the other partitions too, to look for a cursor there.
  const own = found.find(({ kind }) => kind === 'cursor')?.partition;
  return found.filter(({ partition }) => partition === own).sort((a, b) => a.offset - b.offset);
}

function findAborted(world: World, committed: readonly TransactionHistory[]): string[] {
  const places = new Set(committed.flatMap(({ writes }) => writes.map(placeOf)));
  return world.cluster.topicNames.flatMap((topic) =>
    [...scan(world, topic)].flatMap(({ partition, records }) =>
      records
        .map(({ offset }) => placeOf({ topic, partition, offset }))
        .filter((place) => !places.has(place)),
    ),
  );
}

function collectEnds(world: World): PartitionEnd[] {
  return world.cluster.topicNames.flatMap((topic) =>
    Array.from({ length: world.cluster.describeTopic(topic)?.partitions ?? 0 }, (_, partition) => {
      const { lastStableOffset, endOffset } = world.cluster.logOf(topic, partition);
      return { topic, partition, lastStableOffset, endOffset };
    }),
  );
}
