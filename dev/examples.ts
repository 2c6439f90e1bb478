/** `make examples`: a topic that the connector fills from a simulated Asana, and each example run over it and checked. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOrExit } from './arguments.ts';
import { runCommand } from './command.ts';
import { CONNECTOR, startBackends } from './demo/services.ts';
import { formatCount } from './demo/view.ts';
import { fetchAsanaEvents } from './examples/asana-events.ts';
import type { ExampleContext } from './examples/context.ts';
import { runFlinkSql } from './examples/flink-sql.ts';
import { runKafkaStreams } from './examples/kafka-streams.ts';
import { type Result, renderChecked } from './examples/result.ts';

type Example = (context: ExampleContext) => Promise<Result[]>;

const EXAMPLES: ReadonlyMap<string, Example> = new Map([
  ['kafka-streams', runKafkaStreams],
  ['flink-sql', runFlinkSql],
]);
/** So dense that some users fail to log in several times an hour. */
const BACKLOG = { events: '20000', days: '0.25', rate: '0' };
const CATCH_UP_TIMEOUT_MS = 300_000;

async function main(
  examples: ReadonlyMap<string, Example>,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  say('starting Kafka, the schema registry and a simulated Asana');
  const backends = await startBackends(BACKLOG, { folder, cleanup, say, signal });
  say('the connector fills the topic');
  await fillTopic(backends.connectorEnv, signal);
  const events = await fetchAsanaEvents(backends.connectorEnv, signal);
  say(
    `the simulated Asana has ${formatCount(events.length)} events: what an example prints is checked against them`,
  );

  for (const [name, run] of examples) {
    say(`\nexamples/${name}`);
    for (const result of await run({ backends, events, folder, signal })) say(renderChecked(result));
  }
}

async function fillTopic(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const { exitCode, stderr } = await runCommand({
    command: CONNECTOR,
    args: ['run', '--until-caught-up'],
    env,
    timeoutMs: CATCH_UP_TIMEOUT_MS,
    signal,
  });
  if (exitCode !== 0) throw new Error(`the connector ended with exit code ${exitCode}\n${stderr}`);
}

function say(line: string): void {
  console.log(line);
}

/** Throws with what is wrong. */
function readExamples(names: readonly string[]): ReadonlyMap<string, Example> {
  const examples = new Map([...EXAMPLES].filter(([name]) => names.includes(name)));
  if (examples.size === 0 || examples.size < names.length) {
    throw new Error(`expected some of ${[...EXAMPLES.keys()].join(', ')}, got '${names.join(' ')}'`);
  }
  return examples;
}

const examples = readOrExit(() => readExamples(process.argv.slice(2)));
const folder = await mkdtemp(join(tmpdir(), 'asana-audit-examples-'));
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());

try {
  await main(examples, folder, stop.signal);
  await rm(folder, { recursive: true, force: true });
} catch (error) {
  if (stop.signal.aborted) {
    console.error('stopped before everything was checked');
    await rm(folder, { recursive: true, force: true });
    process.exitCode = 130;
  } else {
    // The logs say why it failed, so they stay.
    console.error(`${error instanceof Error ? error.message : error}\n(logs: ${folder})`);
    process.exitCode = 1;
  }
}
