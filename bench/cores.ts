/** What processes use of the cores, from /proc. */

import { readFile } from 'node:fs/promises';

// USER_HZ is 100 on every Linux that Node runs on.
const TICK_MS = 10;

/** User and system time of all threads so far. */
export async function cpuMsOf(pid: number): Promise<number> {
  return parseCpuMs(await readFile(`/proc/${pid}/stat`, 'utf8'));
}

export function parseCpuMs(stat: string): number {
  // The name may hold spaces and parentheses; fields are counted behind its end, where the first is the third.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident memory now, in bytes. */
export async function residentBytesOf(pid: number): Promise<number> {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}
