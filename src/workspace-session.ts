import type { AuditLog } from './asana/patient-client.ts';
import { filtersFingerprint } from './asana/query.ts';
import type { DecodeRecord } from './avro/decoder.ts';
import type { Clock } from './clock.ts';
import type { EncodedEvent } from './encode/encoded-event.ts';
import { ConnectorError } from './errors.ts';
import type { KafkaClient, TopicDescription } from './kafka/client.ts';
import { patienceFor } from './kafka/read-claimed.ts';
import { Session, type SessionPorts } from './kafka/session.ts';
import { stateKeys, transactionalId } from './kafka/state-keys.ts';
import { stateLocation } from './kafka/state-location.ts';
import {
  deadLettersRequirement,
  deadLettersTopic,
  ensureTopic,
  eventsRequirement,
  keepsEvents,
  maxMessageBytes,
  type TopicOptions,
  type TopicRequirement,
} from './kafka/topics.ts';
import type { Scope } from './stream/chain.ts';
import { readCommittedLast } from './stream/committed-last.ts';
import { readCommittedSince } from './stream/committed-since.ts';
import { Committer, type Destination } from './stream/committer.ts';
import { type Cursor, emptyBooks } from './stream/cursor.ts';
import { decodePosition, isReset, type Reset } from './stream/cursor-record.ts';
import { follow, type Until } from './stream/follow.ts';
import { isAvoided, passedGaps } from './stream/gap.ts';
import { MOST_KNOWN, type ReadBack } from './stream/known-ids.ts';
import type { StreamObserver } from './stream/observer.ts';
import { refuseSecondFirstStart } from './stream/published-before.ts';
import { createStepOver } from './stream/step-over.ts';
import { type SweepOptions, type SweepPorts, sweepProgress } from './stream/sweep.ts';
import { recordUnreadable, type StateRecordPorts, withdrawUnreadable } from './stream/unreadable-state.ts';
import type { ReadAheadLimits } from './stream/window-plan.ts';

/** One workspace with its filters, and where it goes. */
export interface WorkspaceStream {
  readonly connectorName: string;
  readonly workspaceGid: string;
  readonly scope: Scope;
  readonly pollIntervalMs: number;
  readonly readAhead: ReadAheadLimits;
  readonly topics: TopicOptions;
  readonly sweeps: SweepOptions;
  readonly transactionTimeoutMs: number;
}

export interface WorkspacePorts {
  readonly asana: AuditLog<EncodedEvent>;
  readonly kafka: KafkaClient;
  /** The registry's id of the schema that records are written with. */
  readonly schemaId: (signal: AbortSignal) => Promise<number>;
  /** Of records of any version of the schema. */
  readonly decode: DecodeRecord;
  readonly clock: Clock;
  readonly newSessionId: () => string;
  readonly observer: StreamObserver;
  readonly until: Until;
}

/**
 * One session of a stream: what it needs is there, it fences, reads its state, and follows. Resolves at the end of the stream.
 */
export async function runWorkspaceSession(
  stream: WorkspaceStream,
  ports: WorkspacePorts,
  signal: AbortSignal,
): Promise<void> {
  const { connectorName, workspaceGid, scope, topics } = stream;
  const { kafka, clock, observer } = ports;
  const schemaId = await ports.schemaId(signal);
  const state = await stateLocation(kafka, stream);
  const { newSessionId } = ports;
  const sessionPorts: SessionPorts = {
    kafka,
    clock,
    newSessionId,
    transactionTimeoutMs: stream.transactionTimeoutMs,
  };
  const session = await Session.open(
    transactionalId(connectorName, workspaceGid),
    state,
    sessionPorts,
    signal,
  );
  try {
    const keys = stateKeys(connectorName, workspaceGid);
    const position = await readablePosition({ session, state, keys, kafka, clock, observer }, topics, signal);
    const cursor = position && !isReset(position) ? position : undefined;
    const books = position ?? emptyBooks(topics.eventsTopic);
    const filters = filtersFingerprint(scope.filters);
    if (position === undefined) {
      const start = {
        workspaceGid,
        filters,
        eventsTopic: topics.eventsTopic,
        stateTopic: topics.stateTopic,
        nowMs: clock.now(),
      };
      await refuseSecondFirstStart(session.state, start, kafka, ports.decode, signal).catch(async (error) => {
        // Whoever fenced us while we read may have started the stream: then that is the news, and not this.
        await session.confirm();
        throw error;
      });
    }
    const events = await keptTopic(kafka, eventsRequirement(topics), books.events);
    const deadLetters = await keptTopic(kafka, deadLettersRequirement(topics), books.deadLetters);
    const committed = committedPorts(stream, ports);
    const sweeps = sweepPorts(stream, ports, events, committed.since);
    const destination: Destination = {
      workspaceGid,
      filters,
      keys,
      state,
      books,
      events: {
        topic: topics.eventsTopic,
        partitions: events.partitions,
        maxMessageBytes: maxMessageBytes(events),
      },
      deadLetters: {
        topic: deadLettersTopic(topics.eventsTopic),
        maxMessageBytes: maxMessageBytes(deadLetters),
      },
      sweeps: sweeps.options,
    };
    if (cursor)
      observer.positioned({ ...cursor, caughtUp: false, sweeps: sweepProgress(cursor, sweeps.options) });
    const readBack: ReadBack = (known) => committed.last(known, MOST_KNOWN, signal);
    const committerPorts = { session, schemaId, clock, observer, readBack };
    const committer = new Committer(
      cursor,
      destination,
      committerPorts,
      passedGaps(session.state, keys).filter(isAvoided),
    );
    const stepOver = createStepOver({ ...ports, committer });
    await follow(filters, { ...ports, ...stream, committer, sweeps, stepOver }, signal);
    // Whoever waits for the end of a run reads the topic next.
    await session.confirm();
  } finally {
    await session.close();
  }
}

/** What the stream has committed, by the topics. */
function committedPorts(
  { workspaceGid, topics, transactionTimeoutMs }: WorkspaceStream,
  ports: WorkspacePorts,
) {
  const where = {
    workspaceGid,
    eventsTopic: topics.eventsTopic,
    deadLettersTopic: deadLettersTopic(topics.eventsTopic),
  };
  const reading = { ...ports, patience: patienceFor(ports.clock, transactionTimeoutMs) };
  return {
    since: (cursor: Cursor, fromMs: number, signal: AbortSignal) =>
      readCommittedSince(reading, where, cursor, fromMs, signal),
    last: (cursor: Cursor, count: number, signal: AbortSignal) =>
      readCommittedLast(reading, where, cursor, count, signal),
  };
}

/** A topic that forgets what a sweep asks it for would be given the same events again: then there are no sweeps. */
function sweepPorts(
  { scope, sweeps }: WorkspaceStream,
  { asana }: WorkspacePorts,
  events: TopicDescription,
  committedSince: SweepPorts['committedSince'],
): SweepPorts {
  return {
    asana,
    filters: scope.filters,
    endAtMs: scope.endAtMs,
    options: keepsEvents(events) ? sweeps : { ...sweeps, intervalMs: 0 },
    committedSince,
  };
}

/** Where it cannot be read, that is recorded before the stream halts. */
async function readablePosition(
  ports: StateRecordPorts,
  { eventsTopic }: TopicOptions,
  signal: AbortSignal,
): Promise<Cursor | Reset | undefined> {
  try {
    const position = readPosition(ports.session, ports.state.cursorKey, eventsTopic);
    if (position !== undefined) await withdrawUnreadable(ports);
    return position;
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'STATE_UNREADABLE')
      await recordUnreadable(ports, error, signal);
    throw error;
  }
}

function readPosition({ state }: Session, key: string, eventsTopic: string): Cursor | Reset | undefined {
  const value = state.get(key);
  const position = value === undefined ? undefined : decodePosition(key, value);
  if (position !== undefined && position.eventsTopic !== eventsTopic) {
    throw new ConnectorError(
      'EVENTS_TOPIC_CHANGED',
      `the state record ${key} belongs to the events topic ${position.eventsTopic}, not to ${eventsTopic}`,
    );
  }
  return position;
}

/** Created where missing, but not in place of one that held records: what is gone would then never be noticed. */
async function keptTopic(
  kafka: KafkaClient,
  requirement: TopicRequirement,
  committed: number,
): Promise<TopicDescription> {
  const { name } = requirement.create;
  if (committed > 0 && (await kafka.describeTopic(name)) === undefined) {
    throw new ConnectorError(
      'TOPIC_LOST',
      `the state says that ${committed} records were committed to ${name}, which does not exist`,
    );
  }
  return ensureTopic(kafka, requirement);
}
