import { type ConnectorError, toConnectorError } from '../errors.ts';

/** What is right; with a warning, what may become wrong and what to do about it. */
export interface Good {
  readonly detail: string;
  readonly warning?: string | undefined;
}

/** One precondition. */
export interface Check {
  readonly subject: string;
  /** Throws a ConnectorError for what is wrong, and {@link NotKnown} for what cannot be seen. */
  readonly look: (signal: AbortSignal) => Promise<Good>;
  /** Where one of these is wrong, or not known, this one is not looked at: it would only say the same again. */
  readonly after?: readonly Check[];
  /** Where all of these are: each is a way to what is looked at. */
  readonly afterAnyOf?: readonly Check[];
}

/** It cannot be told, and nothing follows from that. */
export class NotKnown extends Error {
  override readonly name = 'NotKnown';
}

export type Status = 'ok' | 'warn' | 'wrong' | 'skipped';

export interface CheckResult {
  readonly subject: string;
  readonly status: Status;
  readonly detail: string;
  readonly error?: ConnectorError;
}

export interface CheckObserver {
  /** A look may take half a minute. */
  readonly onLook: (subject: string) => void;
  readonly onResult: (result: CheckResult) => void;
}

/** Looks at everything, whatever is found on the way. */
export async function runChecks(
  checks: readonly Check[],
  { onLook, onResult }: CheckObserver,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  /** The subject that each of them is not right for. */
  const wrong = new Map<Check, string>();
  for (const check of checks) {
    const { subject } = check;
    const because = obstacleOf(check, wrong);
    if (because === undefined) onLook(subject);
    const result: CheckResult =
      because === undefined
        ? await lookAt(check, signal)
        : { subject, status: 'skipped', detail: `not checked because of: ${because}` };
    signal.throwIfAborted();
    if (result.status === 'wrong' || result.status === 'skipped') wrong.set(check, because ?? subject);
    results.push(result);
    onResult(result);
  }
  return results;
}

function obstacleOf(
  { after = [], afterAnyOf = [] }: Check,
  wrong: ReadonlyMap<Check, string>,
): string | undefined {
  const [one] = after.flatMap((check) => wrong.get(check) ?? []);
  const all = afterAnyOf.flatMap((check) => wrong.get(check) ?? []);
  return one ?? (all.length === afterAnyOf.length ? all[0] : undefined);
}

async function lookAt({ subject, look }: Check, signal: AbortSignal): Promise<CheckResult> {
  try {
    const { detail, warning } = await look(signal);
    if (warning === undefined) return { subject, status: 'ok', detail };
    return { subject, status: 'warn', detail: detail === '' ? warning : `${detail}; ${warning}` };
  } catch (thrown) {
    if (thrown instanceof NotKnown) return { subject, status: 'skipped', detail: thrown.message };
    const error = toConnectorError(thrown);
    return { subject, status: 'wrong', detail: error.message, error };
  }
}
