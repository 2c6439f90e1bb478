import type { BudgetStatus, Concern, Note, StreamFacts } from './document.ts';

const DAY_MS = 86_400_000;
const SHORT_HEADROOM_SECONDS = 7 * 86_400;
// A first session reads its state, and perhaps the topic, before it has anything to say.
const SLOW_START_MS = 2 * 60_000;
// A large transaction takes seconds.
const SLOW_COMMIT_MS = 20_000;

/** What of a stream somebody has to look at, most urgent first. @param nowMs epoch milliseconds */
export function concernsOf(stream: StreamFacts, nowMs: number, behindAfterMs: number): Concern[] {
  const { state, last_error: error, no_session_since, complete_as_of, gaps } = stream;
  const since = (time: string | null | undefined) => (time ? nowMs - Date.parse(time) : 0);
  const concerns: Concern[] = [];
  if (state === 'halted') concerns.push('halted');
  if (state === 'starting' && (error?.ongoing || since(no_session_since) > SLOW_START_MS))
    concerns.push('no-session');
  const isHeld = state === 'live' || state === 'catching-up';
  if (isHeld && error?.ongoing && error.code !== 'ASANA_RATE_LIMITED') concerns.push('asana-failing');
  else if (isHeld && since(stream.committing_since) > SLOW_COMMIT_MS) concerns.push('unconfirmed');
  else if (isHeld && since(state === 'live' ? complete_as_of : stream.last_commit_at) > behindAfterMs)
    concerns.push('behind');
  // A backlog that is being read is often about to be deleted: it is urgent where nothing is being read.
  const headroom = stream.retention_headroom_seconds;
  if (concerns.length > 0 && headroom !== null && headroom < SHORT_HEADROOM_SECONDS)
    concerns.push('retention');
  if (gaps.last && since(gaps.last.found_at) < DAY_MS) concerns.push('gap');
  return concerns;
}

export function notesOf(stream: StreamFacts, budget: BudgetStatus | undefined, nowMs: number): Note[] {
  const { state, last_error: error, last_dead_letter_at } = stream;
  const notes: Note[] = [];
  const isTold = error?.ongoing === true && error.code === 'ASANA_RATE_LIMITED';
  const isReading = state === 'live' || state === 'catching-up';
  if (isReading && (isTold || budget?.waiting_until)) notes.push('rate-limited');
  if (last_dead_letter_at && nowMs - Date.parse(last_dead_letter_at) < DAY_MS) notes.push('dead-letters');
  return notes;
}
