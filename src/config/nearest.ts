const MAX_DISTANCE = 2;
// Short names are near to much that is somebody else's.
const LETTERS_A_TYPING_ERROR = 5;

/**
 * The one of `candidates` that `name` is at most two typing errors away from, if any.
 *
 * @param lettersAnError so many letters a name has at least for each error that it may have
 */
export function nearest(
  name: string,
  candidates: readonly string[],
  lettersAnError = LETTERS_A_TYPING_ERROR,
): string | undefined {
  return candidates
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ distance }) => distance <= Math.min(MAX_DISTANCE, name.length / lettersAnError))
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** Levenshtein's distance, a row at a time; names too different in length are not compared. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_DISTANCE) return MAX_DISTANCE + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
