/** `make demo`: everything on this machine, from a backlog in a simulated Asana to the proof that it is in Kafka exactly once. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { leaveAtOnce } from './demo/leave.ts';
import { presentAsLines, presentOnScreen } from './demo/presenters.ts';
import { DemoRun } from './demo/run.ts';
import { type Backlog, type DemoServices, startServices } from './demo/services.ts';
import { renderAddresses } from './demo/view.ts';

type Course = 'once' | 'until-interrupted';

/** With `once` the live events are followed for so long, so that they are part of what is proven. */
const LIVE_MS = 6_000;

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    days: { type: 'string', default: '80' },
    rate: { type: 'string', default: '5' },
    once: { type: 'boolean', default: false },
  },
});

async function main(folder: string, backlog: Backlog, course: Course, stop: AbortSignal): Promise<void> {
  try {
    await runDemo(folder, backlog, course, stop);
  } catch (error) {
    // The logs say why it failed, so they stay.
    console.error(`${error instanceof Error ? error.message : error}\n(logs: ${folder})`);
    process.exitCode = 1;
    return;
  }
  await rm(folder, { recursive: true, force: true });
}

async function runDemo(folder: string, backlog: Backlog, course: Course, stop: AbortSignal): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  say('starting Kafka, the schema registry and a simulated Asana with a backlog');
  const services = await startServices(backlog, { folder, cleanup, say, signal: stop });
  for (const line of renderAddresses(services.addresses)) say(line);

  const { report, proven } = await present(services, course, stop);
  process.stdout.write(report);
  say(proven);
}

async function present(services: DemoServices, course: Course, stop: AbortSignal) {
  const onScreen = process.stdout.isTTY && course === 'until-interrupted';
  const hint = onScreen ? ' (Ctrl-C: come to rest and verify)' : '';
  {
    await using presenter = onScreen ? presentOnScreen(services, process.stdout) : presentAsLines(say);
    const run = new DemoRun(services, presenter);
    await run.catchUp(`catching up with the backlog${hint}`, stop);
    const enough = course === 'once' ? AbortSignal.any([stop, AbortSignal.timeout(LIVE_MS)]) : stop;
    await run.followLive(`following the live events${hint}`, enough);
    await run.stopLiveRate();
    await run.catchUp('no new events any more: committing the rest', new AbortController().signal);
  }
  const run = new DemoRun(services, presentAsLines(say));
  await run.stopConnector();
  return run.verify();
}

function say(line: string): void {
  console.log(line);
}

const folder = await mkdtemp(join(tmpdir(), 'asana-audit-demo-'));
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The second one means: at once.
    if (stop.signal.aborted) leaveAtOnce(folder);
    stop.abort(new Error(`stopped by ${name} before everything was up`));
  });
}

await main(folder, options, options.once ? 'once' : 'until-interrupted', stop.signal);
