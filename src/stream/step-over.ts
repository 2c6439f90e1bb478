import type { AuditLog, RefusedForGood } from '../asana/patient-client.ts';
import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import type { EncodedEvent } from '../encode/encoded-event.ts';
import type { Committer } from './committer.ts';
import { factsOf, inTimeOrder } from './events.ts';
import { isolate, type Look, type Seen } from './isolate.ts';

export interface StepOverPorts {
  readonly asana: AuditLog<EncodedEvent>;
  readonly committer: Committer;
}

/** Commits what can be read before `timeMs`; false where that came to nothing. */
export type CommitUpTo = (timeMs: number) => Promise<boolean>;

/** @param fromMs everything before can be read, or is committed */
export type StepOver = (
  refused: RefusedForGood,
  fromMs: number | undefined,
  commitUpTo: CommitUpTo,
  signal: AbortSignal,
) => Promise<void>;

/**
 * Isolates what is refused, has everything before it committed, and commits the gap record with a cursor behind it. Does
 * nothing where it is answered by now, or where nothing else is either. Killed in between, it is begun anew by another session:
 * what it has committed by then are ordinary pages.
 */
export function createStepOver({ asana, committer }: StepOverPorts): StepOver {
  return async (refused, fromMs, commitUpTo, signal) => {
    const { query } = refused;
    let { message } = refused;
    const ask = async (look: Look): Promise<Seen> => {
      if (look.kind === 'control')
        return (await asana.control(query, signal)) === 'answered' ? { lastMs: undefined } : 'refused';
      const { startAtMs, endAtMs, attempts } = look;
      const seen = await asana.look({ ...query, startAtMs, endAtMs }, attempts, signal);
      if (seen instanceof Error) {
        message = seen.message;
        return 'refused';
      }
      return { lastMs: factsOf(seen, inTimeOrder(seen.events, startAtMs)).lastCreatedAtMs };
    };
    const looks = isolate(fromMs, query.endAtMs ?? asana.nowMs());
    let next = looks.next();
    while (!next.done) next = looks.next(await ask(next.value));
    const found = next.value;
    if (found === undefined) return;
    // Chance has led the search to before all events: a cursor there would look like one that Asana has deleted events behind.
    const isBeforeAll = found.fromMs < asana.nowMs() - ASANA_RETENTION_MS;
    if (isBeforeAll && found.toMs === found.fromMs) return;
    if (!(await commitUpTo(found.fromMs))) return;
    if (found.toMs > found.fromMs)
      await committer.commitGap({ ...found, reason: 'refused-by-asana', message });
    asana.cameTo(found.toMs);
  };
}
