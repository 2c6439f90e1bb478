/** Transactions on the broker, against Kafka's own producer with transactions. */

import { join } from 'node:path';
import { runCommand } from '../../dev/command.ts';
import { javaCommand } from '../../dev/java.ts';
import { javaArguments } from '../../dev/kafka/tools.ts';
import type { Bench, RowResult } from '../bench.ts';
import { interleave } from '../rounds.ts';
import { median } from '../statistics.ts';
import { runMeasured } from '../subjects/measured.ts';
import { eventsTopic, stateTopic, topicsOf } from '../subjects/subjects.ts';
import { number } from '../table.ts';

const ROW = 'commit';
/** About what an event is in Avro, see the row `encode`. */
const RECORD_BYTES = 330;
const JAVA_RECORDS = 1_000_000;
const JAVA_WARM_UP_RECORDS = 200_000;
/** What five pages take the connector, more or less. */
const JAVA_TRANSACTION_MS = 100;
const TIMEOUT_MS = 10 * 60_000;
const SCRIPT = join(import.meta.dirname, '../subjects/commit.ts');

interface Rate {
  readonly recordsPerSecond: number;
  readonly transactionsPerSecond: number | undefined;
}

export async function commitRow(bench: Bench): Promise<RowResult> {
  const subjects = {
    java: () => javaProducer(bench),
    page: () => ourTransactions(bench, 1_000),
    pages: () => ourTransactions(bench, 5_000),
  };
  const show = ({ recordsPerSecond }: Rate) => `${number(recordsPerSecond)} records/s`;
  const { results, failures } = await interleave(bench, ROW, subjects, show);
  if (results.java.length === 0) return { figures: [], failures };
  const rate = (of: readonly Rate[]) => of.map(({ recordsPerSecond }) => recordsPerSecond);
  const yardstick = { name: 'ProducerPerformance', values: rate(results.java) };
  const figure = (name: string, of: readonly Rate[]) => ({
    row: ROW,
    name,
    unit: 'records/s',
    values: rate(of),
    yardstick,
    note: `${number(median(of.map(({ transactionsPerSecond = 0 }) => transactionsPerSecond)))} transactions/s; records of ${RECORD_BYTES} bytes, 6 partitions`,
  });
  const figures = [
    figure('commit, 1,000 records a transaction', results.page),
    figure('commit, 5,000 records a transaction', results.pages),
  ];
  return { figures, failures };
}

async function ourTransactions(bench: Bench, transactionRecords: number): Promise<Rate> {
  const { stage } = bench;
  const run = bench.newRun('commit');
  await stage.createTopic(eventsTopic(run));
  await stage.createTopic(stateTopic(run));
  const env = {
    BENCH_BROKERS: stage.kafka.bootstrapServers,
    BENCH_TOPIC: eventsTopic(run),
    BENCH_STATE_TOPIC: stateTopic(run),
    BENCH_RECORD_BYTES: String(RECORD_BYTES),
    BENCH_EVENTS: String(bench.options.events),
    BENCH_TRANSACTION_RECORDS: String(transactionRecords),
  };
  const args = ['--disable-warning=TimeoutNegativeWarning', SCRIPT];
  const { output } = await runMeasured(
    { name: run, command: process.execPath, args, env, timeoutMs: TIMEOUT_MS },
    stage.folder,
  );
  await stage.deleteTopics(topicsOf(run));
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

/** Not through the stack's own runner of tools, whose Java is told to compile no further than a short command needs. */
async function javaProducer(bench: Bench): Promise<Rate> {
  const { stage } = bench;
  const topic = eventsTopic(bench.newRun('java'));
  await stage.createTopic(topic);
  const { exitCode, stdout, stderr } = await runCommand({
    command: javaCommand(undefined),
    args: [
      ...javaArguments('org.apache.kafka.tools.ProducerPerformance', ['-Xmx512m', '-XX:+UseSerialGC']),
      ...['--bootstrap-server', stage.kafka.bootstrapServers, '--topic', topic],
      ...['--num-records', String(JAVA_RECORDS), '--warmup-records', String(JAVA_WARM_UP_RECORDS)],
      ...['--record-size', String(RECORD_BYTES), '--throughput', '-1'],
      ...['--transactional-id', topic, '--transaction-duration-ms', String(JAVA_TRANSACTION_MS)],
    ],
    timeoutMs: TIMEOUT_MS,
  });
  await stage.deleteTopics([topic]);
  // The last line is the steady state, behind the warm-up.
  const [, recordsPerSecond] = [...stdout.matchAll(/([\d.]+) records\/sec/g)].at(-1) ?? [];
  if (exitCode !== 0 || recordsPerSecond === undefined)
    throw new Error(`ProducerPerformance failed:\n${stdout}${stderr}`);
  return { recordsPerSecond: Number(recordsPerSecond), transactionsPerSecond: undefined };
}
