/** What a page tells of an event, whatever else is kept of it. */
export interface PageEvent {
  /** Its gid, or what stands for it where it has none, or no record. */
  readonly id: string;
  /** Epoch milliseconds; undefined where its own cannot be read, and it has not been given that of a neighbour. */
  readonly createdAtMs: number | undefined;
  /** Whether the time is its own. */
  readonly isDated: boolean;
}

/** The events of one page in Asana's order; `offset` is null where there is no `next_page`. */
export interface PageBody<E> {
  readonly events: readonly E[];
  readonly offset: string | null;
}

/**
 * Makes a page of the body of an answer, whose memory it may take. Throws ASANA_ANSWER_INVALID where it is none; the signal's reason
 * where `signal` aborts.
 */
export type DecodePage<E extends PageEvent> = (body: Buffer, signal: AbortSignal) => Promise<PageBody<E>>;
