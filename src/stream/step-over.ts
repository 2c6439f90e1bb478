import type { Page } from '../asana/client.ts';
import type { AuditLog, RefusedForGood } from '../asana/patient-client.ts';
import type { Query } from '../asana/query.ts';
import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import type { EncodedEvent } from '../encode/encoded-event.ts';
import { ConnectorError } from '../errors.ts';
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
      const window = { ...query, startAtMs, endAtMs };
      const seen = await (look.kind === 'window'
        ? asana.look(window, undefined, attempts, signal)
        : lookToTheEnd(asana, window, attempts, signal));
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

/** The last page of a window that offsets lead to, as far as they do; or the refusal of one of its pages. */
async function lookToTheEnd(
  asana: AuditLog<EncodedEvent>,
  window: Query,
  attempts: number,
  signal: AbortSignal,
): Promise<Page<EncodedEvent> | ConnectorError> {
  let seen = await asana.look(window, undefined, attempts, signal);
  while (!(seen instanceof Error) && seen.events.length > 0 && seen.offset !== null) {
    const next = await asana.look(window, seen.offset, attempts, signal).catch((thrown) => {
      // An offset that has expired is no refusal of what it leads to.
      if (thrown instanceof ConnectorError && thrown.disposition === 'catch-up') return undefined;
      throw thrown;
    });
    if (next === undefined) break;
    if (!(next instanceof Error) && next.offset === seen.offset) break;
    seen = next;
  }
  return seen;
}
