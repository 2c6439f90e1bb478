import { type ConnectorError, toConnectorError } from '../errors.ts';

/** One precondition: what it is about, and how it stands. */
export interface Check {
  readonly subject: string;
  /** Resolves with what is right; throws a ConnectorError for what is wrong. */
  readonly look: (signal: AbortSignal) => Promise<string>;
}

export type CheckResult =
  | { readonly subject: string; readonly ok: true; readonly detail: string }
  | { readonly subject: string; readonly ok: false; readonly error: ConnectorError };

/** Looks at everything, whatever is found on the way. */
export async function runChecks(
  checks: readonly Check[],
  onResult: (result: CheckResult) => void,
  signal: AbortSignal,
): Promise<boolean> {
  let allOk = true;
  for (const { subject, look } of checks) {
    const result = await look(signal).then(
      (detail): CheckResult => ({ subject, ok: true, detail }),
      (thrown): CheckResult => ({ subject, ok: false, error: toConnectorError(thrown) }),
    );
    signal.throwIfAborted();
    allOk &&= result.ok;
    onResult(result);
  }
  return allOk;
}
