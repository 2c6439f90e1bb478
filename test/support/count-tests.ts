/** What a test run came to, in the one line that CI reads. */

export type RunCounts = { passed: number; failed: number; skipped: number };

export function formatCounts({ passed, failed, skipped }: RunCounts): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

/** A run that executed nothing has shown nothing, so it is no success either. */
export function isSuccess({ passed, failed }: RunCounts): boolean {
  return failed === 0 && passed > 0;
}
