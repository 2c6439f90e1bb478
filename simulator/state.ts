/** What a running simulator holds: the data, the switches as they are now, and what it has counted. */

import { changeOptions, type SimulatorOptions } from './options.ts';
import { openWorkspaces, type TruthEntry, truthOf, visibleIndexes, type Workspace } from './workspace.ts';

export interface Counts {
  requests: number;
  readonly byStatus: Record<string, number>;
  readonly byFault: Record<string, number>;
}

export class SimulatorState {
  readonly workspaces: ReadonlyMap<string, Workspace>;
  readonly counts: Counts = { requests: 0, byStatus: {}, byFault: {} };
  readonly #now: () => number;
  #options: SimulatorOptions;

  /** `now`: milliseconds since 1970 by the machine's clock. */
  constructor(options: SimulatorOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
    this.workspaces = openWorkspaces(options, this.nowMs());
  }

  get options(): SimulatorOptions {
    return this.#options;
  }

  /** Asana's time, which need not be this machine's. */
  nowMs(): number {
    return this.#now() + this.#options.clockSkewMs;
  }

  /** Lets everything happen that has happened until now, in all workspaces. */
  advance(): void {
    for (const { dataset } of this.workspaces.values()) dataset.advance(this.nowMs(), this.#options);
  }

  oldestIndex({ dataset }: Workspace): number {
    return dataset.oldestIndex(this.nowMs(), this.#options.retentionMs);
  }

  /** How many events a reader without filters can see. Advance before. */
  visibleCount(workspace: Workspace): number {
    return workspace.dataset.timeline.length - this.oldestIndex(workspace) - workspace.dataset.pendingCount;
  }

  /** Changes switches from now on; returns the problems, and changes nothing if there are any. */
  change(changes: Readonly<Record<string, unknown>>): string[] {
    const changed = changeOptions(this.#options, changes);
    if ('problems' in changed) return changed.problems;
    this.advance();
    this.#options = changed.options;
    return [];
  }

  /** Every event that is visible now. */
  *truth(): Generator<TruthEntry> {
    this.advance();
    for (const workspace of this.workspaces.values()) {
      const all = visibleIndexes(
        workspace,
        this.oldestIndex(workspace),
        Number.NEGATIVE_INFINITY,
        Number.POSITIVE_INFINITY,
      );
      for (const index of all) yield truthOf(workspace, index);
    }
  }

  countRequest(): void {
    this.counts.requests += 1;
  }

  countStatus(status: number): void {
    this.counts.byStatus[status] = (this.counts.byStatus[status] ?? 0) + 1;
  }

  countFault(kind: string): void {
    this.counts.byFault[kind] = (this.counts.byFault[kind] ?? 0) + 1;
  }
}
