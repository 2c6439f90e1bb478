import { isoTime } from '../clock.ts';
import { partitionOf } from './murmur2.ts';

/**
 * Keys of the state topic, readable in any console consumer: `<connector name>/<workspace gid>/<kind>`.
 * A stream's cursor and gaps are in the partition of its name, so that one read finds them.
 */
export interface StateKeys {
  readonly session: string;
  readonly cursor: string;
  /** Key of a gap record; one a gap, so that compaction keeps them all. */
  gap(fromMs: number): string;
  /** Key of the record that says that an operator had a past published again; one each time. */
  republished(atMs: number): string;
  /** Of the gap record that says that the cursor cannot be read: always the same one. */
  readonly unreadable: string;
}

export function stateKeys(connectorName: string, workspaceGid: string): StateKeys {
  const stream = `${connectorName}/${workspaceGid}`;
  return {
    session: `${stream}/session`,
    cursor: `${stream}/cursor`,
    unreadable: `${stream}/gap/state-unreadable`,
    republished: (atMs) => `${stream}/republished/${isoTime(atMs)}`,
    gap: (fromMs) => `${stream}/gap/${isoTime(fromMs)}`,
  };
}

export const statePartition = (connectorName: string, workspaceGid: string, partitions: number): number =>
  partitionOf(Buffer.from(`${connectorName}/${workspaceGid}`), partitions);

export const transactionalId = (connectorName: string, workspaceGid: string): string =>
  `${connectorName}-${workspaceGid}`;
