/** Whether the offsets of a source are of any use, after it has refused one. Pure. */

export interface Refusals<Place> {
  /** Where the chain had come to. */
  readonly place: Place;
  /** Refused so many times without getting any further. */
  readonly inARow: number;
  /** One of the offsets in between has led to a page. */
  readonly ledOn: boolean;
  /** They lead nowhere: time has to. */
  readonly offsetsFail: boolean;
}

// More than once, because waiting for a rate limit or for an answer that hangs may take longer than an offset lives.
const MOST_IN_A_ROW = 3;
// Where thousands of events share a millisecond, only offsets lead through it, and a chain gets no further in time for many pages.
// One that expires on the way there says nothing against the next; but that it ever ends has to be sure.
const MOST_WHILE_THEY_LEAD_ON = 20;
/** The first page of a chain is asked for by time, the second by the offset of the first. */
const PAGES_OF_AN_OFFSET_THAT_LED_ON = 2;

/** @param pages that the chain has shown since it began, or since the last refusal */
export function afterRefusal<Place>(
  before: Refusals<Place> | undefined,
  place: Place,
  pages: number,
): Refusals<Place> {
  const goesOn = before !== undefined && before.place === place;
  const inARow = goesOn ? before.inARow + 1 : 1;
  const ledOn = goesOn && (before.ledOn || pages >= PAGES_OF_AN_OFFSET_THAT_LED_ON);
  const offsetsFail = inARow > (ledOn ? MOST_WHILE_THEY_LEAD_ON : MOST_IN_A_ROW);
  return { place, inARow, ledOn, offsetsFail };
}
