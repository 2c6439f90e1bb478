/** What a row of the benchmark finds out. */

export interface Figure {
  readonly row: string;
  readonly name: string;
  readonly unit: string;
  /** One value a run. */
  readonly values: readonly number[];
  readonly yardstick?: Yardstick;
  /** As it reads in the issue, for example `>= 100,000`. */
  readonly goal?: string;
  readonly note?: string;
}

export interface Yardstick {
  readonly name: string;
  /** Of the same run as the value at the same place. */
  readonly values: readonly number[];
}

/** A run that did not add up: no figure is made of it. */
export interface Failure {
  readonly row: string;
  readonly reason: string;
}
