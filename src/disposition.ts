/** What the stream loop does about an error; the loop switches on this and on nothing else. */
export type Disposition =
  /** The same request again, after a wait: only the Asana client sees these, unless a deadline or an abort ends the wait. */
  | 'retry-request'
  /** Give up the offset and catch up from the watermark, in the same session. */
  | 'catch-up'
  /** The refused piece is stepped over with a gap record, in the same session. */
  | 'step-over'
  /** The record goes to the dead letters, in the same transaction. */
  | 'dead-letter'
  /** End the session; the next one starts from the state topic. */
  | 'new-session'
  /** This stream stops, visibly; the others go on. */
  | 'halt-stream'
  /** The process ends with a non-zero exit code. */
  | 'exit'
  /** A command other than `run` ends with a non-zero exit code, and has changed nothing. */
  | 'refuse-command';
