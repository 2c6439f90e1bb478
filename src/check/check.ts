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
  /** Where that one is wrong, this one is not looked at. */
  readonly after?: Check;
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

/** Looks at everything, whatever is found on the way. */
export async function runChecks(
  checks: readonly Check[],
  onResult: (result: CheckResult) => void,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results = new Map<Check, CheckResult>();
  for (const check of checks) {
    const before = check.after && results.get(check.after);
    const isLookedAt = before === undefined || before.status === 'ok' || before.status === 'warn';
    const result = isLookedAt
      ? await lookAt(check, signal)
      : {
          subject: check.subject,
          status: 'skipped' as const,
          detail: `not known without: ${before.subject}`,
        };
    signal.throwIfAborted();
    results.set(check, result);
    onResult(result);
  }
  return [...results.values()];
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
