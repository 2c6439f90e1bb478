import type { DecodeRecord } from '../avro/decoder.ts';
import { ConnectorError } from '../errors.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { WaitPorts } from '../kafka/open-transaction.ts';
import { type Books, type Cursor, emptyBooks } from '../stream/cursor.ts';
import { isReset } from '../stream/cursor-record.ts';
import type { Plan } from './apply.ts';
import { forget, moveTo } from './move.ts';
import { isInTopic, recountBooks } from './recount.ts';
import type { StreamState } from './stream-state.ts';

/** What an operator asks for: to go on at a time, or to start anew. */
export type Asked = { readonly toMs: number } | 'reset';

export interface MovedStream {
  readonly workspaceGid: string;
  readonly eventsTopic: string;
  readonly filters: string;
  readonly startAtMs: number | undefined;
}

export interface PlanPorts extends WaitPorts {
  readonly kafka: KafkaClient;
  readonly decode: DecodeRecord;
  /** While records are counted anew. */
  readonly onProgress: (doing: string, count: number) => void;
}

export function planFor(asked: Asked, stream: MovedStream, ports: PlanPorts, signal: AbortSignal): Plan {
  return async (state) => {
    const nowMs = ports.clock.now();
    if (asked === 'reset')
      return forget(state, { ...stream, books: await booksFor(state, stream, ports, signal) }, nowMs);
    const cursor = movableCursor(state, stream);
    return asked.toMs === cursor.watermarkMs ? undefined : moveTo(cursor, state.gaps, asked.toMs, nowMs);
  };
}

function movableCursor(
  { position, unreadable }: StreamState,
  { workspaceGid, eventsTopic }: MovedStream,
): Cursor {
  if (unreadable) throw unreadable;
  if (position === undefined || isReset(position)) {
    const why = position ? 'was reset and has not started since' : 'has not started yet';
    throw new ConnectorError('NO_POSITION', `the stream of workspace ${workspaceGid} ${why}`);
  }
  if (position.eventsTopic === eventsTopic) return position;
  throw new ConnectorError(
    'EVENTS_TOPIC_CHANGED',
    `the position of workspace ${workspaceGid} belongs to the events topic ${position.eventsTopic}, not to ${eventsTopic}`,
  );
}

/** Those of the position, where they are of this topic as it is; otherwise the topic itself says. */
async function booksFor(
  { position }: StreamState,
  stream: MovedStream,
  ports: PlanPorts,
  signal: AbortSignal,
): Promise<Books> {
  const { kafka, decode, onProgress } = ports;
  const { eventsTopic } = stream;
  if (position?.eventsTopic === eventsTopic && (await isInTopic(kafka, position, signal))) return position;
  if ((await kafka.describeTopic(eventsTopic)) === undefined) return emptyBooks(eventsTopic);
  const counted = (records: number) => onProgress('records counted', records);
  return recountBooks(kafka, decode, stream, counted, ports, signal);
}
