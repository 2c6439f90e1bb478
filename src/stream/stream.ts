import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { ERROR_CODES, ERRORS, type ErrorCode } from '../error-list.ts';
import { ConnectorError, toConnectorError } from '../errors.ts';
import type { StreamObserver } from './observer.ts';

export interface StreamPorts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: StreamObserver;
  /** For the message when another instance has the same. */
  readonly connectorName: string;
  /** Resolves once it is known, as of after the question, that the stream is this process's to run. */
  readonly stillOurs: (signal: AbortSignal) => Promise<void>;
  /** A session that lived so long was well: what ends it is a new incident. Longer than a poll, which is when fencing shows. */
  readonly wellAfterMs: number;
}

/** One session, from fencing to its end: resolves when the stream has reached its end, throws when the session did. */
export type RunSession = (signal: AbortSignal) => Promise<void>;

export type Outcome =
  | { readonly ended: 'finished' }
  | { readonly ended: 'stopped' }
  | { readonly ended: 'failed'; readonly error: ConnectorError };

/** Why a session begins: at the start, or by the code of the error that ended the one before. */
export const SESSION_CAUSES = [
  'start',
  ...ERROR_CODES.filter((code) => ERRORS[code].disposition === 'new-session').map(sessionCause),
];

const RETRY = { baseMs: 250, capMs: 15_000 };
// One takeover is a restart that overlaps; being fenced again right after it is somebody who keeps doing the same.
const FENCED_IN_A_ROW = 2;

/**
 * One stream, session after session. Whatever ends a session, there is one recovery: a new one, from the state topic.
 */
export async function runStream(
  runSession: RunSession,
  ports: StreamPorts,
  signal: AbortSignal,
): Promise<Outcome> {
  const { clock, random, observer, wellAfterMs } = ports;
  let cause = 'start';
  let fencedInARow = 0;
  for (let failures = 0; ; failures++) {
    const startedMs = clock.monotonicMs();
    try {
      observer.sessionStarted(cause);
      await runSession(signal);
      observer.finished();
      return { ended: 'finished' };
    } catch (thrown) {
      if (signal.aborted) return { ended: 'stopped' };
      if (clock.monotonicMs() - startedMs > wellAfterMs) failures = fencedInARow = 0;
      const caught = toConnectorError(thrown);
      fencedInARow = countFenced(caught.code, fencedInARow);
      const error = fencedInARow >= FENCED_IN_A_ROW ? anotherInstance(ports.connectorName, caught) : caught;
      if (error.disposition !== 'new-session') {
        observer.halted(error);
        return { ended: 'failed', error };
      }
      const waitMs = backoffMs(failures, random, RETRY);
      observer.sessionEnded(error, waitMs);
      cause = sessionCause(error.code);
      if (!(await mayGoOn(ports, waitMs, signal))) return { ended: 'stopped' };
    }
  }
}

/** A transaction timeout in between says nothing: where Kafka is slow, two that fence each other meet it by turns, and neither would end. */
function countFenced(code: ErrorCode, inARow: number): number {
  if (code === 'KAFKA_FENCED') return inARow + 1;
  return code === 'KAFKA_TRANSACTION_TIMEOUT' ? inARow : 0;
}

function sessionCause(code: ErrorCode): string {
  return code.toLowerCase();
}

const anotherInstance = (name: string, cause: ConnectorError) =>
  new ConnectorError(
    'ANOTHER_INSTANCE',
    `another instance runs as ${name}: fenced twice in a row (${cause.message})`,
    { cause },
  );

/** A new session fences whoever else writes, so it is begun by nobody to whom the stream may not belong any more. */
async function mayGoOn(
  { clock, stillOurs }: StreamPorts,
  waitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const waited = async () => {
    await clock.sleep(waitMs, signal);
    await stillOurs(signal);
  };
  return waited().then(
    () => true,
    () => false,
  );
}
