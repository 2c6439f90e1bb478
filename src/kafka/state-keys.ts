import { isoTime } from '../clock.ts';
import { partitionOf } from './murmur2.ts';

/**
 * Keys of the state topic, readable in any console consumer: `<connector name>/<workspace gid>/<kind>`.
 * A stream's cursor and gaps are in the partition of its name, so that one read finds them.
 */
export interface StateKeys {
  readonly session: string;
  readonly cursor: string;
  /** What the key of each gap record begins with. */
  readonly gaps: string;
  /** Key of a gap record; one a gap, so that compaction keeps them all. */
  gap(fromMs: number): string;
  /** What the key of each record begins with that says that a past was published again. */
  readonly republications: string;
  /** Key of the record that says that an operator had a past published again; one each time. */
  republished(atMs: number): string;
  /** Of the gap record that says that the cursor cannot be read: always the same one. */
  readonly unreadable: string;
}

export function stateKeys(connectorName: string, workspaceGid: string): StateKeys {
  const stream = `${connectorName}/${workspaceGid}`;
  const gaps = `${stream}/gap/`;
  const republications = `${stream}/republished/`;
  return {
    session: `${stream}/session`,
    cursor: `${stream}/cursor`,
    unreadable: `${gaps}state-unreadable`,
    republications,
    republished: (atMs) => `${republications}${isoTime(atMs)}`,
    gaps,
    gap: (fromMs) => `${gaps}${isoTime(fromMs)}`,
  };
}

export const statePartition = (connectorName: string, workspaceGid: string, partitions: number): number =>
  partitionOf(`${connectorName}/${workspaceGid}`, partitions);

export const transactionalId = (connectorName: string, workspaceGid: string): string =>
  `${connectorName}-${workspaceGid}`;
