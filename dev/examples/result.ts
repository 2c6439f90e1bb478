/** What an example printed, beside what it should have. */

export type Result = {
  title: string;
  rows: readonly string[];
  /** By the events of the simulated Asana, in any order. */
  expected: readonly string[];
};

const SHOWN = 5;

/** The result's first lines. Throws with what is missing or too much when it is not the expected one. */
export function renderChecked({ title, rows, expected }: Result): string {
  const missing = without(expected, rows);
  const unexpected = without(rows, expected);
  if (missing.length + unexpected.length > 0) {
    throw new Error(`${title}: WRONG\n${shown('missing', missing)}\n${shown('not expected', unexpected)}`);
  }
  // Nothing to compare would pass as well.
  if (expected.length === 0) throw new Error(`${title}: there is nothing to be found, so nothing was shown`);
  return shown(`${title}: right`, rows);
}

function shown(heading: string, rows: readonly string[]): string {
  const rest = rows.length - SHOWN;
  const lines = [...rows.slice(0, SHOWN), ...(rest > 0 ? [`... and ${rest} more`] : [])];
  return [`${heading} (${rows.length})`, ...lines.map((line) => `    ${line}`)].join('\n');
}

/** What is left of `rows` when each of `others` has taken one like it. */
function without(rows: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(row, (counts.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = counts.get(row) ?? 0;
    counts.set(row, count - 1);
    return count <= 0;
  });
}
