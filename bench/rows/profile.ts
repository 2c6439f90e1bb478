/** `make bench PROFILE=1`: one run of the connector under V8's profiler. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { catchUp } from '../catch-up.ts';
import { renderProfile, summarizeProfile } from '../profile.ts';
import { connector } from '../subjects/subjects.ts';

const TOP = 25;

/** The tables of both threads, and the file of each for a viewer. A profiled run is slower, so its rate is no figure. */
export async function profileWholePath(
  bench: Bench,
): Promise<{ text: string; files: ReadonlyMap<string, string> }> {
  const folder = join(bench.stage.folder, 'profile');
  const subject = connector({ env: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` } });
  const run = await catchUp(bench, { subject, source: { events: bench.options.events } });
  const names = (await readdir(folder)).filter((entry) => entry.endsWith('.cpuprofile'));
  if (names.length === 0) throw new Error(`the connector left no .cpuprofile in ${folder}`);
  const files = new Map(names.map((name) => [threadOf(name), join(folder, name)]));
  const head =
    `the connector on the whole path, ${run.events.toLocaleString('en')} events, no latency: ` +
    `${Math.round(run.eventsPerSecond).toLocaleString('en')} events/s under the profiler, ` +
    `${run.cpuSecondsPerMillion.toFixed(1)} s of processor time a million events`;
  const tables: string[] = [];
  for (const [thread, file] of files) {
    const summary = summarizeProfile(JSON.parse(await readFile(file, 'utf8')));
    tables.push(`\n== ${thread} ==\n${renderProfile(summary, TOP)}\n`);
  }
  return { text: [head, ...tables].join('\n'), files };
}

/** Of a name that Node gives: CPU.date.time.process.thread.number.cpuprofile; the main thread is 0. */
const threadOf = (name: string): string => (name.split('.')[4] === '0' ? 'connector' : 'encoder');
