import { rangeOf } from '../byte-range.ts';
import { ConnectorError } from '../errors.ts';
import { Session, type SessionPorts } from '../kafka/session.ts';
import { stateKeys, transactionalId } from '../kafka/state-keys.ts';
import { type StreamName, stateLocation } from '../kafka/state-location.ts';
import { writeRecords } from '../kafka/writer.ts';
import { type Move, recordsOf } from './move.ts';
import { interpretState, type StreamState } from './stream-state.ts';

/** What is to be done from a state; undefined where nothing is. */
export type Plan = (state: StreamState) => Promise<Move | undefined>;

/**
 * Moves a stream in a session of its own, which fences whoever still runs it: that one reads the new position in its next session.
 * Throws STREAM_RUNNING where the position is not the one that the operator was `shown`.
 */
export async function applyMove(
  stream: StreamName,
  shown: StreamState,
  plan: Plan,
  ports: SessionPorts,
  signal: AbortSignal,
): Promise<Move | undefined> {
  const { connectorName, workspaceGid } = stream;
  const keys = stateKeys(connectorName, workspaceGid);
  const location = await stateLocation(ports.kafka, stream);
  const session = await Session.open(transactionalId(connectorName, workspaceGid), location, ports, signal);
  try {
    const state = interpretState(session.state, keys);
    if (!isSame(state.record, shown.record))
      throw streamRunning(workspaceGid, 'its position moved while this command looked at it');
    const move = await plan(state);
    if (move === undefined) return undefined;
    const nowMs = ports.clock.now();
    const records = recordsOf(move, keys, nowMs).map(([key, value]) => ({
      partition: location.partition,
      key,
      value: value && rangeOf(value),
      timestampMs: nowMs,
    }));
    await session.transact(async (tx) => {
      const { refused } = await writeRecords(tx, location, records);
      if (refused[0]) throw new ConnectorError('STATE_REFUSED', refused[0].error.message);
    });
    return move;
  } finally {
    await session.close();
  }
}

export const streamRunning = (workspaceGid: string, why: string) =>
  new ConnectorError('STREAM_RUNNING', `a connector runs the stream of workspace ${workspaceGid}: ${why}`);

function isSame(a: Buffer | null | undefined, b: Buffer | null | undefined): boolean {
  return a instanceof Buffer && b instanceof Buffer ? a.equals(b) : a === b;
}
