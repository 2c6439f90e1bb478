/** A replica of a group, as its users run it and see it from outside. */

import type { StatusDocument } from '../../src/observe/status/document.ts';
import type { Running } from '../faults/connector.ts';

/** What its log says of where it listens; undefined while it does not. */
export async function urlOf(replica: Running): Promise<string | undefined> {
  return /"url":"([^"]+)"/.exec(await replica.log())?.[1];
}

/** Undefined while it does not answer. */
export async function statusOf(replica: Running): Promise<StatusDocument | undefined> {
  try {
    const answer = await fetch(`${await urlOf(replica)}/status.json`, { signal: AbortSignal.timeout(2_000) });
    return (await answer.json()) as StatusDocument;
  } catch {
    return undefined;
  }
}

export async function isReady(replica: Running): Promise<boolean> {
  const url = await urlOf(replica);
  return url !== undefined && (await fetch(`${url}/readyz`)).ok;
}

/** The streams that it runs, sorted: those that hold a session. */
export async function runningOn(replica: Running): Promise<string[]> {
  const streams = (await statusOf(replica))?.streams ?? [];
  return streams.flatMap(({ stream, state }) => (state === 'starting' ? [] : [stream])).toSorted();
}

/** Do these replicas, and no other, run all of `streams`, each once, in numbers that differ by at most `spread`? */
export async function isSettled(
  replicas: readonly Running[],
  streams: readonly string[],
  spread: number,
): Promise<boolean> {
  const runs = await Promise.all(replicas.map(runningOn));
  const all = runs.flat().toSorted();
  const loads = runs.map(({ length }) => length);
  return String(all) === String(streams.toSorted()) && Math.max(...loads) - Math.min(...loads) <= spread;
}

/** How often each stream was begun in this process; sessions that follow on an error of Kafka or the registry are not counted. */
export async function startsOf(replica: Running): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${await urlOf(replica)}/metrics`)).text();
  const sessions = new Map<string, number>();
  for (const [, stream = '', count] of text.matchAll(
    /^asana_audit_sessions_started_total\{stream="(\d+)",cause="start"\} (\d+)$/gm,
  ))
    sessions.set(stream, (sessions.get(stream) ?? 0) + Number(count));
  return sessions;
}
