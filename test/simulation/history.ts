/** What a run leaves behind for the checks, as it happens. */

import type { Requests } from '../../src/verify/evidence.ts';

export interface StreamHistory {
  /** Events that each process reported as committed. */
  readonly reported: Map<string, number>;
  mostPagesAhead: number;
}

export class History {
  readonly deadProducerUses: string[] = [];
  /** Each session that was begun by who could not know that the stream was its own. */
  readonly disputes: string[] = [];
  /** When each process asked what the group has last answered with: you are a member. */
  readonly askedMs = new Map<string, number>();
  readonly #streams = new Map<string, StreamHistory>();
  readonly #requests = new Map<string, { perMinute: number; timesMs: number[] }>();

  streamOf(workspaceGid: string): StreamHistory {
    const known = this.#streams.get(workspaceGid);
    if (known !== undefined) return known;
    const fresh: StreamHistory = { reported: new Map(), mostPagesAhead: 0 };
    this.#streams.set(workspaceGid, fresh);
    return fresh;
  }

  addRequest(by: string, perMinute: number, timeMs: number): void {
    const known = this.#requests.get(by);
    if (known === undefined) this.#requests.set(by, { perMinute, timesMs: [timeMs] });
    else known.timesMs.push(timeMs);
  }

  get requests(): Requests[] {
    return [...this.#requests].map(([by, { perMinute, timesMs }]) => ({ by, perMinute, timesMs }));
  }
}
