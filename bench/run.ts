/**
 * `make bench`: measures, prints one table, and keeps it under bench/results/. Exits 1 when a run did not add up,
 * 2 when nothing could be measured. METHOD.md says what the figures mean.
 */

import { rmSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import { KafkajsClient } from '../src/kafka/kafkajs-client.ts';
import { createLog } from '../src/log.ts';
import type { Bench } from './bench.ts';
import type { Failure, Figure } from './figure.ts';
import { type Arguments, readArguments } from './options.ts';
import { describeCommit, describeMachine, loadNow, writeProfile, writeResults } from './results.ts';
import { profileWholePath } from './rows/profile.ts';
import { ROWS } from './rows.ts';
import { buildStage, type Stage } from './stage.ts';
import { renderTable } from './table.ts';

const PROFILES = join(import.meta.dirname, '../.cache/bench');
const startedMs = performance.now();
const elapsedSeconds = () => (performance.now() - startedMs) / 1_000;
const say = (line: string) => console.log(`${elapsedSeconds().toFixed(0).padStart(5)} s  ${line}`);

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2), Object.keys(ROWS));
  const folder = await mkdtemp(join(tmpdir(), 'asana-audit-bench-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  // What was started dies with this process; gigabytes of a broker's data would stay.
  process.once('SIGINT', () => {
    removeFolder();
    process.exit(130);
  });
  const failures = await measure(options, folder);
  if (failures.length === 0) return removeFolder();
  console.error(`${failures.length} runs did not add up; their logs: ${folder}`);
  process.exitCode = 1;
}

async function measure(options: Arguments, folder: string): Promise<readonly Failure[]> {
  const startedAt = new Date().toISOString();
  const [commit, before] = [describeCommit(), loadNow()];
  if (before > 0.5)
    say(`the load is ${before.toFixed(2)} before anything has begun: the figures will be noisy`);
  say(`starting Kafka, the registry and the source (logs in ${folder})`);
  await using cleanup = new AsyncDisposableStack();
  const bench = createBench(await buildStage(folder, cleanup), options, cleanup);
  const circumstances = async () => ({
    startedAt,
    durationSeconds: elapsedSeconds(),
    command: `node bench/run.ts ${process.argv.slice(2).join(' ')}`.trim(),
    commit,
    machine: describeMachine(),
    source: await describeSource(bench.stage),
    load: { before, after: loadNow() },
  });
  if (options.profile) {
    const text = await profile(bench);
    say(`written to ${await writeProfile(await circumstances(), text)}`);
    return [];
  }
  const figures: Figure[] = [];
  const failures: Failure[] = [];
  for (const name of options.rows) {
    say(`row ${name}`);
    const found = await runRow(name, bench);
    figures.push(...found.figures);
    failures.push(...found.failures);
  }
  console.log(`\n${renderTable(figures, failures)}\n`);
  say(`written to ${await writeResults(await circumstances(), figures, failures)}`);
  return failures;
}

async function describeSource({ source }: Stage): Promise<string> {
  const { eventBytes } = await source.status();
  return `events of the simulator, ${eventBytes.toFixed(0)} bytes of JSON on average, pages of 1,000`;
}

function createBench(stage: Stage, options: Arguments, cleanup: AsyncDisposableStack): Bench {
  const reader = new KafkajsClient(
    {
      brokers: stage.kafka.bootstrapServers.split(','),
      clientId: 'bench-reader',
      transactionTimeoutMs: 60_000,
      compression: 'none',
    },
    createLog('error'),
    systemClock,
    Math.random,
  );
  cleanup.defer(() => reader.close());
  let runs = 0;
  const newRun = (subject: string) => `bench-${++runs}-${subject.replaceAll(/[^a-z0-9]+/gi, '-')}`;
  return { options, stage, reader, newRun, say };
}

/** A row that throws is a failure of that row; the others still have their figures. */
async function runRow(name: string, bench: Bench) {
  try {
    return await (ROWS[name]?.(bench) ?? { figures: [], failures: [] });
  } catch (error) {
    say(`row ${name} FAILED: ${error instanceof Error ? error.stack : error}`);
    // Without the stack, whose paths are this machine's.
    const reason = error instanceof Error ? error.message : String(error);
    return { figures: [], failures: [{ row: name, reason }] };
  }
}

async function profile(bench: Bench): Promise<string> {
  const { text, files } = await profileWholePath(bench);
  console.log(`\n${text}`);
  await mkdir(PROFILES, { recursive: true });
  for (const [thread, file] of files) {
    const kept = join(PROFILES, `${thread}.cpuprofile`);
    await copyFile(file, kept);
    say(`for a viewer (speedscope, DevTools): ${kept}`);
  }
  return text;
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
