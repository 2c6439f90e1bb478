/** Where Prometheus is on this machine, if it is: what `make setup` unpacked, else what is on the PATH. */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type PrometheusPrograms = {
  readonly prometheus: string;
  readonly promtool: string;
  /** What `prometheus` needs on its command line to find its own web pages. */
  readonly args: readonly string[];
};

const UNPACKED = join(import.meta.dirname, '..', '..', '.cache', 'prometheus', 'usr');

export const WITHOUT_PROMETHEUS =
  'there is no Prometheus here: install prometheus and promtool on the PATH, or let `rm -rf .cache/prometheus && make setup` get it where there is apt';

/** `undefined` where one of the two programs is missing: whoever needs them goes without, or says WITHOUT_PROMETHEUS. */
export function findPrometheus(
  unpacked: string = UNPACKED,
  path: string = process.env.PATH ?? '',
): PrometheusPrograms | undefined {
  const ours = programsIn([join(unpacked, 'bin')]);
  // Debian builds it with its web pages beside it, under a path of the system.
  if (ours) return { ...ours, args: [`--web.local-assets=${join(unpacked, 'share/prometheus/web/')}`] };
  const theirs = programsIn(path.split(delimiter).filter((folder) => folder !== ''));
  return theirs && { ...theirs, args: [] };
}

function programsIn(
  folders: readonly string[],
): Pick<PrometheusPrograms, 'prometheus' | 'promtool'> | undefined {
  const find = (name: string) => folders.map((folder) => join(folder, name)).find(isExecutable);
  const [prometheus, promtool] = [find('prometheus'), find('promtool')];
  return prometheus && promtool ? { prometheus, promtool } : undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
