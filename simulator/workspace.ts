/** One workspace: its points in time and the maker of its events. */

import { hash } from 'node:crypto';
import { Dataset } from './dataset.ts';
import { CANONICAL, EventMaker } from './event.ts';
import type { SimulatorOptions } from './options.ts';
import { hashPair } from './random.ts';

export interface Workspace {
  readonly gid: string;
  readonly dataset: Dataset;
  readonly maker: EventMaker;
}

/** What the simulator holds about one event. `sha256` is over the event's canonical JSON. */
export interface TruthEntry {
  readonly workspace_gid: string;
  readonly gid: string;
  readonly created_at: string;
  readonly sha256: string;
}

export function openWorkspaces(options: SimulatorOptions, startMs: number): ReadonlyMap<string, Workspace> {
  return new Map(
    options.workspaces.map((gid, workspaceIndex) => {
      const dataset = new Dataset({ ...options, seed: hashPair(options.seed, workspaceIndex) }, startMs);
      const settings = { ...options, workspaceGid: gid, workspaceIndex };
      return [gid, { gid, dataset, maker: new EventMaker(settings, dataset.timeline) }];
    }),
  );
}

/** The indexes that are visible now and created in [fromMs, toMs), in time order. Advance the data set before. */
export function* visibleIndexes(
  { dataset }: Workspace,
  oldestIndex: number,
  fromMs: number,
  toMs: number,
): Generator<number> {
  const arrivedCount = dataset.arrived.length;
  const end = dataset.timeline.firstAtOrAfter(toMs);
  for (let index = Math.max(oldestIndex, dataset.timeline.firstAtOrAfter(fromMs)); index < end; index += 1) {
    if (dataset.isVisible(index, arrivedCount)) yield index;
  }
}

export function truthOf({ gid, dataset, maker }: Workspace, index: number): TruthEntry {
  return {
    workspace_gid: gid,
    gid: maker.gid(index),
    created_at: new Date(dataset.timeline.timeAt(index)).toISOString(),
    sha256: hash('sha256', maker.render(index, CANONICAL)),
  };
}
