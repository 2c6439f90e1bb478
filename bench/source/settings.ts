/** How the source behaves from a reset on. */
export interface SourceSettings {
  /** Of each workspace, over {@link SPAN_DAYS} days; the youngest is five minutes old, unless there is a rate. */
  readonly events: number;
  /** New events per second from now on. */
  readonly rate: number;
  /** From the request to its answer. */
  readonly latencyMs: number;
  /** Enforced over any rolling minute with 429; 0 = no limit. */
  readonly requestsPerMinute: number;
}

export const QUIET: SourceSettings = { events: 0, rate: 0, latencyMs: 0, requestsPerMinute: 0 };
export const SPAN_DAYS = 80;

/** What the source has seen since the last reset. Times in epoch milliseconds, with fractions. */
export interface SourceStatus {
  readonly requests: number;
  /** Answered with 429. */
  readonly refused: number;
  readonly firstRequestMs: number | undefined;
  readonly lastRequestMs: number | undefined;
  readonly eventsVisible: number;
  readonly eventsServed: number;
  readonly maxInFlight: number;
  readonly eventBytes: number;
}

/** Workspace number n has the gid that is n more than this. */
export const FIRST_WORKSPACE = 1_201_234_567_890_000;
export const workspaceGids = (count: number): string[] =>
  Array.from({ length: count }, (_, number) => String(FIRST_WORKSPACE + number));
