/** Where in its transaction the connector is, from outside; and something to do when it gets to a point. */

import { ApiKey, commits, type Exchange, errorCodeOf, namesTopic, type Verdict } from './kafka-tap.ts';

export const KILL_POINTS = [
  'fencing sent',
  'reading the state',
  'begin sent',
  'first partition sent',
  'all events sent',
  'state record sent',
  'commit sent',
  'commit done, its answer lost',
  'commit acknowledged',
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** `open`: the broker knows partitions of it. `committing`: its end is asked for and not answered. */
export type TransactionState = 'none' | 'open' | 'committing';

interface Aim {
  readonly point: KillPoint;
  remaining: number;
  readonly hit: (state: TransactionState) => void;
}

export interface Topics {
  readonly events: string;
  readonly state: string;
}

/** Watches one connector at a time. */
export class TransactionWatch {
  readonly #topics: Topics;
  readonly #onCommit: (atMs: number) => void;
  #state: TransactionState = 'none';
  #hasEvents = false;
  #sends = 0;
  #aim: Aim | undefined;

  /** @param onCommit called with `performance.now()` for each acknowledged commit of events */
  constructor(topics: Topics, onCommit: (atMs: number) => void) {
    this.#topics = topics;
    this.#onCommit = onCommit;
  }

  get state(): TransactionState {
    return this.#state;
  }

  /** The connector is gone: what it had open is nobody's. */
  reset(): void {
    this.#state = 'none';
    this.#hasEvents = false;
    this.#sends = 0;
    this.#aim = undefined;
  }

  /** Calls `hit` when the point is reached for the `nth` time; before or after the bytes that make it pass, as its name says. */
  aim(point: KillPoint, nth: number, hit: (state: TransactionState) => void): void {
    this.#aim = { point, remaining: nth, hit };
  }

  readonly see = (exchange: Exchange): Verdict => {
    const points = this.#follow(exchange);
    const state = this.#state;
    const aim = this.#aim;
    if (aim === undefined || !points.some(({ point }) => point === aim.point)) return 'pass';
    aim.remaining--;
    if (aim.remaining > 0) return 'pass';
    this.#aim = undefined;
    if (points.some(({ point, passes }) => point === aim.point && passes)) return () => aim.hit(state);
    aim.hit(state);
    return 'withhold';
  };

  #follow(exchange: Exchange): { point: KillPoint; passes: boolean }[] {
    const { apiKey, response } = exchange;
    const { events, state } = this.#topics;
    if (apiKey === ApiKey.InitProducerId && !response) return [{ point: 'fencing sent', passes: true }];
    if (apiKey === ApiKey.Fetch && !response && namesTopic(exchange, state))
      return [{ point: 'reading the state', passes: true }];
    if (apiKey === ApiKey.AddPartitionsToTxn && !response) return this.#begun(namesTopic(exchange, events));
    if (apiKey === ApiKey.Produce && namesTopic(exchange, events) && response) {
      this.#sends++;
      return this.#sends === 1 ? [{ point: 'first partition sent', passes: false }] : [];
    }
    if (apiKey === ApiKey.Produce && namesTopic(exchange, state) && this.#hasEvents)
      return [{ point: response ? 'state record sent' : 'all events sent', passes: false }];
    if (apiKey === ApiKey.EndTxn) return this.#ending(exchange);
    return [];
  }

  #begun(withEvents: boolean): { point: KillPoint; passes: boolean }[] {
    const isFirst = withEvents && !this.#hasEvents;
    this.#state = 'open';
    this.#hasEvents ||= withEvents;
    return isFirst ? [{ point: 'begin sent', passes: true }] : [];
  }

  #ending(exchange: Exchange): { point: KillPoint; passes: boolean }[] {
    const { response } = exchange;
    const hadEvents = this.#hasEvents && commits(exchange);
    if (!response) {
      this.#state = 'committing';
      return hadEvents ? [{ point: 'commit sent', passes: true }] : [];
    }
    this.#state = 'none';
    this.#hasEvents = false;
    this.#sends = 0;
    if (!hadEvents || errorCodeOf(response) !== 0) return [];
    this.#onCommit(performance.now());
    return [
      { point: 'commit done, its answer lost', passes: false },
      { point: 'commit acknowledged', passes: true },
    ];
  }
}
