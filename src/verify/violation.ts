export const INVARIANTS = [
  'no-loss',
  'no-duplicate',
  'no-invention',
  'fidelity',
  'time-order',
  'cursor-agrees',
  'no-zombie',
  'nothing-aborted-visible',
  'no-hanging-transaction',
  'reader-agrees',
  'request-budget',
  'bounded-memory',
  'reported-is-committed',
  'no-dead-producer-used',
  'one-owner',
  'caught-up',
] as const;
export type Invariant = (typeof INVARIANTS)[number];

export interface Violation {
  readonly invariant: Invariant;
  /** What of the run is wrong, with an example. */
  readonly detail: string;
}
