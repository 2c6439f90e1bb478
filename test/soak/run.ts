/**
 * The long forms of the fault lanes: `node test/soak/run.ts`. Prints progress, then a table, which it also writes to docs/soak.md.
 * Exits 1 when anything was lost, duplicated or otherwise wrong, or when it has not done all that a whole run has to. `--seed n`
 * repeats a run's dice, though not its timing; `--lanes a,b` runs some of them, and writes no page.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { countOf, readOrExit } from '../../dev/arguments.ts';
import { commitNow } from '../../dev/commit-now.ts';
import { startRegistry } from '../../dev/registry.ts';
import { hashPair, randomStream } from '../../simulator/random.ts';
import { brokerLane } from '../faults/broker-lane.ts';
import { crashLane } from '../faults/crash-lane.ts';
import type { LanePorts, LaneReport } from '../faults/lane.ts';
import { networkLane } from '../faults/network-lane.ts';
import { zombieLane } from '../faults/zombie-lane.ts';
import { shortfalls } from './goals.ts';
import { isClean, soakPage, soakTable } from './table.ts';

const PAGE = join(import.meta.dirname, '../../docs/soak.md');
const COMMAND = 'node test/soak/run.ts';

const LANES: Readonly<Record<string, (ports: LanePorts) => Promise<LaneReport>>> = {
  crash: (ports) =>
    crashLane(
      {
        kills: 200,
        liveKills: 70,
        withinMs: 5_000,
        mostTransactions: 8,
        events: 1_000_000,
        rate: 20,
        latencyMs: 5,
      },
      ports,
    ),
  zombies: (ports) => zombieLane({ zombies: 30, events: 20_000, rate: 50 }, ports),
  brokers: (ports) =>
    brokerLane(
      {
        kills: 30,
        orderlyRestarts: 3,
        leaderMoves: 30,
        moveEveryMs: 1_500,
        events: 300_000,
        rate: 50,
        latencyMs: 150,
      },
      ports,
    ),
  network: (ports) => networkLane({ lastsMs: 6_000, rounds: 1, events: 5_000, rate: 50 }, ports),
};

const TRACKS = [
  ['crash', 'network'],
  ['brokers', 'zombies'],
];

function readArguments() {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: String(Date.now() % 1_000_000) }, lanes: { type: 'string' } },
  });
  const wanted = values.lanes?.split(',') ?? Object.keys(LANES);
  const unknown = wanted.filter((name) => !(name in LANES));
  if (unknown.length > 0)
    throw new Error(`--lanes: ${unknown.join()} unknown; there are ${Object.keys(LANES).join(', ')}`);
  return { seed: countOf('--seed', values.seed), lanes: values.lanes, wanted };
}

async function main(): Promise<void> {
  const { seed, lanes, wanted } = readOrExit(readArguments);
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const say = (line: string) =>
    console.log(`${String(Math.round((performance.now() - startedMs) / 1_000)).padStart(5)} s  ${line}`);
  const commit = commitNow();
  const loadBefore = loadavg()[1] ?? 0;
  const folder = await mkdtemp(join(tmpdir(), 'soak-'));
  say(`lanes ${wanted.join(', ')}; seed ${seed}; logs in ${folder}`);
  const registry = await startRegistry();
  const reports: LaneReport[] = [];
  const broken = new Map<string, string>();
  // Its own for each, because two lanes at a time would throw in another order each time.
  const diceOf = (name: string) => randomStream(hashPair(seed, Object.keys(LANES).indexOf(name)));
  const runLane = async (name: string): Promise<void> => {
    const lane = LANES[name];
    if (!lane) return;
    const progress = (line: string) => say(`${name}: ${line}`);
    progress('begins');
    try {
      const report = await lane({ registryUrl: registry.url, folder, random: diceOf(name), progress });
      reports.push(report);
      const { events, lost, duplicated } = report.stock;
      progress(`ends: ${events} events, ${lost} lost, ${duplicated} duplicated`);
      for (const problem of report.problems) progress(`PROBLEM ${problem}`);
    } catch (error) {
      broken.set(name, String(error));
      progress(`FAILED ${error instanceof Error ? error.stack : error}`);
    }
  };
  // Two at a time: what breaks brokers mostly waits, what kills connectors mostly works.
  const tracks = TRACKS.map(async (track) => {
    for (const name of track) if (wanted.includes(name)) await runLane(name);
  });
  await Promise.all(tracks);
  await registry.close();
  reports.sort((a, b) => wanted.indexOf(a.lane) - wanted.indexOf(b.lane));
  const page = soakPage(reports, {
    startedAt,
    durationMs: performance.now() - startedMs,
    commit,
    command: `${COMMAND} --seed ${seed}`,
    machine: `${cpus().length} cores shared with the brokers, the registry and the simulator; load ${loadBefore.toFixed(1)} before, ${(loadavg()[1] ?? 0).toFixed(1)} after`,
    broken,
  });
  if (lanes === undefined) await writeFile(PAGE, page);
  console.log(`\n${soakTable(reports)}\n`);
  const short = lanes === undefined ? shortfalls(reports) : [];
  for (const what of short) console.log(`SHORT ${what}`);
  const clean = broken.size === 0 && short.length === 0 && reports.every(isClean);
  if (clean) await rm(folder, { recursive: true, force: true });
  process.exitCode = clean ? 0 : 1;
}

await main();
