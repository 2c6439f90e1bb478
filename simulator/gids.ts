/** Gids: unique decimal strings that do not tell their order. */

import { scatter } from './random.ts';

/** A workspace's numbers of one kind: the same index always gives the same gid, and no two indexes share one. */
export type GidSeries = (index: number) => string;

/**
 * Six digits that are fixed, zeros up to `digits`, then ten that are a bijection of the index.
 * `family` and `workspaceIndex` (0 to 99) keep the series of different kinds and workspaces apart.
 */
export function gidSeries(family: string, workspaceIndex: number, salt: number, digits = 16): GidSeries {
  const prefix = `${family}${String(workspaceIndex).padStart(2, '0')}`.padEnd(digits - 10, '0');
  return (index) => prefix + String(scatter(index ^ salt)).padStart(10, '0');
}

/** Families are four digits. */
export const gidFamilies = { event: '1211', user: '1200', place: '1202', thing: '1209' } as const;
