import type { Clock } from '../clock.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { StateKeys } from '../kafka/state-keys.ts';

const ANSWER_TIMEOUT_MS = 2_000;
const ANY_ADDRESS = ['0.0.0.0', '::', '[::]'];

/** By workspace, the state of its stream, as a connector at this address says; undefined where none answers there. */
export async function askConnector(
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (port === 0) return undefined;
  const name = ANY_ADDRESS.includes(host) ? '127.0.0.1' : host;
  const url = `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}/readyz`;
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    const answer: JsonValue = JSON.parse(
      await (await fetch(url, { signal: limited, redirect: 'error' })).text(),
    );
    if (!isJsonObject(answer) || !isJsonObject(answer.streams)) return undefined;
    return new Map(Object.entries(answer.streams).map(([gid, state]) => [gid, stateText(state)]));
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

const stateText = (state: JsonValue): string => (isJsonObject(state) ? String(state.state) : String(state));

/** A stream that is halted, or has come to its end, writes nothing any more. */
export const isAtWork = (state: string | undefined): boolean =>
  state !== undefined && state !== 'halted' && state !== 'finished';

// A poll takes its time as well.
const REQUEST_MS = 5_000;
const LONGEST_WATCH_MS = 120_000;

/** For so long a connector that polls lets its cursor rest at most. */
export const watchMs = (pollIntervalMs: number): number =>
  Math.min(pollIntervalMs + REQUEST_MS, LONGEST_WATCH_MS);

/** Where a stream's state is written. */
export interface Watched {
  readonly topic: string;
  readonly partition: number;
  readonly keys: StateKeys;
}

/**
 * Does somebody write the stream's state? A connector that polls commits its cursor each time, with or without events. One that
 * waits for Asana, or catches up through an empty time, may write nothing for longer: the session fences that one.
 */
export async function isWritten(
  kafka: KafkaClient,
  { topic, partition, keys }: Watched,
  forMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const over = new AbortController();
  const watching = AbortSignal.any([signal, over.signal]);
  const timer = clock.sleep(forMs, watching).then(
    () => over.abort(),
    () => {},
  );
  // No record is as young as this: reading starts at the end.
  const end = { timestampMs: Number.MAX_SAFE_INTEGER };
  try {
    for await (const { records } of kafka.fetchCommitted(topic, partition, end, watching)) {
      if (records.some(({ key }) => [keys.session, keys.cursor].includes(String(key)))) return true;
      if (over.signal.aborted) return false;
    }
    return false;
  } catch (error) {
    signal.throwIfAborted();
    if (over.signal.aborted) return false;
    throw error;
  } finally {
    over.abort();
    await timer;
  }
}
