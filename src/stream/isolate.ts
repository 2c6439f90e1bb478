/** What to ask next, to find the piece of a time that is refused: pure, so that it can be held against any source. */

export type Look =
  /** The first page of `[startAtMs, endAtMs)`, asked for up to `attempts` times. */
  | {
      readonly kind: 'window';
      readonly startAtMs: number | undefined;
      readonly endAtMs: number;
      readonly attempts: number;
    }
  /** All of `[startAtMs, endAtMs)`, page by page by offset, each asked for up to `attempts` times. */
  | {
      readonly kind: 'pages';
      readonly startAtMs: number;
      readonly endAtMs: number;
      readonly attempts: number;
    }
  /** Something else, with the same filters: is it this piece, or everything? */
  | { readonly kind: 'control' };

export type Seen =
  | 'refused'
  /** The time of the last event on the page, if it has any. */
  | { readonly lastMs: number | undefined };

/**
 * Everything before `fromMs` can be read; `[fromMs, toMs)` is refused, and empty where that, asked for alone, is answered. Of a
 * millisecond that holds more than a page, the first pages may be readable.
 */
export interface Refused {
  readonly fromMs: number;
  readonly toMs: number;
}

type Looks<Result> = Generator<Look, Result, Seen>;

/** A refusal at a bend of the way may be chance: it costs a detour, for what is found is asked for again. */
const ATTEMPTS = 2;
const ROUNDS = 3;
// From the watermark, the refused page is the first or the second one.
const MOST_PAGES = 10;

/**
 * Finds the first refused millisecond from `startAtMs` on and where the refused stretch ends. Undefined where nothing is refused,
 * or everything. The looks: two for each halving of the time, some to be sure, and where the stretch is longer than a millisecond,
 * two for each doubling of it.
 *
 * Each question begins at `startAtMs`, whose first page is refused; so a shorter window is refused exactly as long as it still
 * holds what is.
 */
export function* isolate(startAtMs: number | undefined, endAtMs: number): Looks<Refused | undefined> {
  const walked = yield* walk(startAtMs, endAtMs);
  if (walked === undefined) return undefined;
  const { fromMs } = walked;
  if (walked.place === 'behind its first page') {
    const found = yield* confirm(() => isRefusedBehindItsFirstPage(walked.fromMs));
    if (found === 'everything') return undefined;
    return { fromMs: walked.fromMs, toMs: found === 'refused' ? walked.fromMs + 1 : walked.fromMs };
  }
  const isRefusedUpTo = (timeMs: number) => isRefused(fromMs, timeMs);
  const atMs = (yield* bisect(fromMs ?? 0, endAtMs, isRefusedUpTo)) - 1;
  const found = yield* confirm(() => isRefused(atMs, atMs + 1));
  if (found === 'everything') return undefined;
  if (found === 'answered') return { fromMs: atMs, toMs: atMs };
  return { fromMs: atMs, toMs: yield* endOf(atMs, endAtMs) };
}

type Walked =
  | { readonly place: 'first page'; readonly fromMs: number | undefined }
  /** Of a millisecond that holds more than a page: no time leads there. */
  | { readonly place: 'behind its first page'; readonly fromMs: number };

/** To the place that is refused. */
function* walk(startAtMs: number | undefined, endAtMs: number): Looks<Walked | undefined> {
  let fromMs = startAtMs;
  for (let page = 0; page < MOST_PAGES && (fromMs ?? 0) < endAtMs; page++) {
    const seen: Seen = yield { kind: 'window', startAtMs: fromMs, endAtMs, attempts: ATTEMPTS };
    if (seen === 'refused') return { place: 'first page', fromMs };
    const { lastMs } = seen;
    if (lastMs === undefined) return undefined;
    const isOfOneMillisecond = lastMs === fromMs;
    if (isOfOneMillisecond && (yield* isRefusedBehindItsFirstPage(lastMs)))
      return { place: 'behind its first page', fromMs: lastMs };
    fromMs = isOfOneMillisecond ? lastMs + 1 : lastMs;
  }
  return undefined;
}

function* isRefusedBehindItsFirstPage(atMs: number): Looks<boolean> {
  return (yield { kind: 'pages', startAtMs: atMs, endAtMs: atMs + 1, attempts: ATTEMPTS }) === 'refused';
}

function* isRefused(startAtMs: number | undefined, endAtMs: number): Looks<boolean> {
  return (yield { kind: 'window', startAtMs, endAtMs, attempts: ATTEMPTS }) === 'refused';
}

/** The first time in `(noMs, yesMs]` for which `test` holds, if it holds from some time on. */
function* bisect(noMs: number, yesMs: number, test: (timeMs: number) => Looks<boolean>): Looks<number> {
  let [no, yes] = [noMs, yesMs];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (yield* test(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

/** By turns with something else: what is refused while that is answered is refused itself. */
function* confirm(test: () => Looks<boolean>): Looks<'refused' | 'answered' | 'everything'> {
  for (let round = 0; round < ROUNDS; round++) {
    if (!(yield* test())) return 'answered';
    if ((yield { kind: 'control' }) === 'refused') return 'everything';
  }
  return 'refused';
}

/** By single milliseconds, further and further behind, so that a readable neighbour is not taken for refused. */
function* endOf(atMs: number, endAtMs: number): Looks<number> {
  let insideMs = atMs;
  let outsideMs = atMs + 1;
  for (let stepMs = 1; outsideMs < endAtMs; stepMs *= 2) {
    outsideMs = Math.min(atMs + stepMs, endAtMs);
    if (outsideMs === endAtMs || !(yield* isRefused(outsideMs, outsideMs + 1))) break;
    insideMs = outsideMs;
  }
  const toMs = yield* bisect(insideMs, outsideMs, function* (timeMs) {
    return !(yield* isRefused(timeMs, timeMs + 1));
  });
  return toMs === atMs + 1 || (yield* confirm(() => isRefused(toMs - 1, toMs))) === 'refused'
    ? toMs
    : atMs + 1;
}
