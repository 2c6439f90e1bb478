/**
 * How long hand-overs take: `node test/handover/run.ts [--rounds n]`. 100 workspaces on 3 replicas, a real broker, a simulated Asana.
 * Prints a table, which it also puts into docs/handover.md, and exits 1 where an event is lost or there twice, or a stream that stayed
 * where it was had to begin another session.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { countOf, readOrExit } from '../../dev/arguments.ts';
import { commitNow } from '../../dev/commit-now.ts';
import { startKafka } from '../../dev/kafka.ts';
import { startRegistry } from '../../dev/registry.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { type Environment, environmentOn, type Running, runToEnd } from '../faults/connector.ts';
import { Fleet } from './fleet.ts';
import { handoverTable, type Measured, withTable } from './table.ts';

const PAGE = join(import.meta.dirname, '../../docs/handover.md');
const COMMAND = 'make handover';
const WORKSPACES = Array.from({ length: 100 }, (_, at) => String(1_201_234_567_890_000 + at));
const REPLICAS = 3;
// With 100 streams on the 12 partitions that the state topic has by default.
const SPREAD = 2;
const VERIFY_TIMEOUT_MS = 300_000;
// Of each workspace.
const EVENTS = 100;
const RATE_PER_SECOND = 0.2;

type Change = (fleet: Fleet) => Promise<void>;

const first = (fleet: Fleet): Running => {
  const [replica] = fleet.replicas;
  if (replica === undefined) throw new Error('there is no replica');
  return replica;
};

const CHANGES: Readonly<Record<string, Change>> = {
  'one is killed with -9': async (fleet) => fleet.end(first(fleet), 'SIGKILL'),
  'one joins, from the start of its process': async (fleet) => {
    await fleet.start();
  },
  'one ends by SIGTERM': async (fleet) => fleet.end(first(fleet), 'SIGTERM'),
  'one joins again': async (fleet) => {
    await fleet.start();
  },
  'one is restarted: SIGTERM, and another beside it at once': async (fleet) => {
    fleet.end(first(fleet), 'SIGTERM');
    await fleet.start();
  },
  'all are restarted, one after the other: another one beside it, and SIGTERM once that is ready': async (
    fleet,
  ) => {
    for (const replica of fleet.replicas) {
      await fleet.startReady();
      fleet.end(replica, 'SIGTERM');
    }
  },
};

/** Makes the change and waits until all streams commit again. */
async function measure(name: string, change: Change, fleet: Fleet): Promise<Measured> {
  const before = await fleet.settled(SPREAD);
  const sessionsBefore = await fleet.sessions(before);
  const startedMs = performance.now();
  await change(fleet);
  const after = await fleet.settled(SPREAD);
  const tookMs = performance.now() - startedMs;
  const sessionsAfter = await fleet.sessions(after);
  const stayed = [...after].filter(([stream, replica]) => before.get(stream) === replica);
  const interrupted = stayed.filter(([stream]) => sessionsBefore.get(stream) !== sessionsAfter.get(stream));
  return { name, tookMs, moved: after.size - stayed.length, interrupted: interrupted.length };
}

async function rounds(fleet: Fleet, count: number, say: (line: string) => void): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (let round = 0; round < count; round++) {
    for (const [name, change] of Object.entries(CHANGES)) {
      const each = await measure(name, change, fleet);
      say(
        `${name}: ${(each.tookMs / 1_000).toFixed(1)} s, ${each.moved} moved, ${each.interrupted} interrupted`,
      );
      measured.push(each);
    }
  }
  return measured;
}

/** All that the source has, once each? */
async function isExactlyOnce(environment: Environment, source: Simulator): Promise<boolean> {
  await fetch(source.baseUrl.replace('/api/1.0', '/simulator/options'), {
    method: 'POST',
    body: JSON.stringify({ rate: 0 }),
  });
  const alone = { ...environment, MODE: 'standalone' };
  await runToEnd(['run', '--until-caught-up'], alone, VERIFY_TIMEOUT_MS);
  const { stdout } = await runToEnd(['verify'], alone, VERIFY_TIMEOUT_MS);
  return stdout.includes('missing 0, duplicate 0, altered 0, invented 0');
}

async function main(): Promise<void> {
  const count = readOrExit(() => {
    const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
    return countOf('--rounds', values.rounds);
  });
  const say = (line: string) => console.error(line);
  const commit = commitNow();
  const load = loadavg()[1] ?? 0;
  const folder = await mkdtemp(join(tmpdir(), 'handover-'));
  say(`logs in ${folder}`);
  const [kafka, registry] = await Promise.all([startKafka({ brokers: 1 }), startRegistry()]);
  const source = await startSimulator({
    days: 80,
    events: EVENTS,
    rate: RATE_PER_SECOND,
    requestsPerMinute: 0,
    workspaces: WORKSPACES,
  });
  const where = { name: 'handover', asanaUrl: source.baseUrl, brokers: kafka.bootstrapServers };
  const environment = environmentOn(
    { ...where, registryUrl: registry.url },
    {
      MODE: 'distributed',
      ASANA_WORKSPACES: WORKSPACES.join(),
      ASANA_REQUEST_TIMEOUT: '60s',
      POLL_INTERVAL: '10s',
      SWEEP_INTERVAL: '15m',
      SWEEP_LOOKBACK: '45m',
    },
  );
  const fleet = new Fleet(environment, WORKSPACES.length, folder);
  for (let at = 0; at < REPLICAS; at++) await fleet.start();
  const measured = await rounds(fleet, count, say);
  await fleet.close();
  const isProven = await isExactlyOnce(environment, source);
  await Promise.all([source.close(), registry.close(), kafka.close()]);
  const table = handoverTable(measured, {
    about: `${new Date().toISOString()}, commit ${commit}, \`${COMMAND}\`, ${cpus().length} cores shared with the broker, the registry and the simulator, load ${load.toFixed(1)} before and ${(loadavg()[1] ?? 0).toFixed(1)} after`,
    isProven,
  });
  await writeFile(PAGE, withTable(await readFile(PAGE, 'utf8'), table));
  console.log(table);
  const isClean = isProven && measured.every(({ interrupted }) => interrupted === 0);
  if (isClean) await rm(folder, { recursive: true, force: true });
  process.exitCode = isClean ? 0 : 1;
}

await main();
