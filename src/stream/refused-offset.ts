/** Whether the offsets of a source are of any use, after it has refused one. Pure. */

export interface Refusals<Place> {
  /** Where the chain had come to. */
  readonly place: Place;
  /** Refused so many times without getting any further. */
  readonly inARow: number;
  /** They lead nowhere: time has to. */
  readonly offsetsFail: boolean;
}

// Where thousands of events share a millisecond, only offsets lead through it, and a chain gets no further in time for many pages.
// An offset that expires on the way there says nothing against the next one; but that it ever ends has to be sure.
const MOST_IN_A_ROW = 20;
/** The first page of a chain is asked for by time, the second by the offset of the first. */
const PAGES_OF_AN_OFFSET_THAT_LED_ON = 2;

/** @param pages that the chain has shown since it began, or since the last refusal */
export function afterRefusal<Place>(
  before: Refusals<Place> | undefined,
  place: Place,
  pages: number,
): Refusals<Place> {
  const inARow = before !== undefined && before.place === place ? before.inARow + 1 : 1;
  const ledOn = pages >= PAGES_OF_AN_OFFSET_THAT_LED_ON;
  return { place, inARow, offsetsFail: inARow > 1 && (!ledOn || inARow > MOST_IN_A_ROW) };
}
