/** One run from nothing to the last event committed, checked, with what it took. */

import { waitUntil } from '../dev/wait.ts';
import type { Bench } from './bench.ts';
import { checkClosedCount } from './closed-count.ts';
import { cpuMsOf } from './cores.ts';
import type { SourceSettings, SourceStatus } from './source/settings.ts';
import type { Stage } from './stage.ts';
import { median } from './statistics.ts';
import { type MeasuredProcess, startMeasured, type Usage } from './subjects/measured.ts';
import { eventsTopic, type Subject, stateTopic, topicsOf } from './subjects/subjects.ts';

type Party = 'subject' | 'broker' | 'source';

export interface CatchUp {
  readonly usage: Usage;
  readonly source: SourceStatus;
  /** Events of all workspaces. */
  readonly events: number;
  /** From the first request at the source to the end of the process. */
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** Of the subject, start included. */
  readonly cpuSecondsPerMillion: number;
  /** How many cores each used on average, in those seconds: while the subject starts, it waits. */
  readonly cores: Readonly<Record<Party, number>>;
}

export interface CatchUpPlan {
  readonly subject: Subject;
  readonly source: Partial<SourceSettings> & Pick<SourceSettings, 'events'>;
  readonly workspaces?: number;
}

/** Throws where the subject fails, or where the topic does not hold exactly what the source served. */
export async function catchUp(
  bench: Bench,
  { subject, source, workspaces = 1 }: CatchUpPlan,
): Promise<CatchUp> {
  const { stage } = bench;
  const run = bench.newRun(subject.name);
  await stage.source.reset(source);
  await stage.createTopic(eventsTopic(run));
  if (subject.name !== 'connector') await stage.createTopic(stateTopic(run));
  const measured = await startMeasured(subject.command(stage, run), stage.folder);
  const before = await cpuMsAtFirstRequest(stage, measured);
  const usage = await measured.ended;
  const after = await cpuMsOfServices(stage);
  const status = await stage.source.status();
  await checkClosedCount(bench.reader, eventsTopic(run), { workspaces, events: source.events });
  await stage.deleteTopics(topicsOf(run));
  const events = source.events * workspaces;
  const seconds = (usage.endedMs - (status.firstRequestMs ?? usage.startedMs)) / 1_000;
  return {
    usage,
    source: status,
    events,
    seconds,
    eventsPerSecond: events / seconds,
    cpuSecondsPerMillion: (usage.cpuMs / 1_000 / events) * 1e6,
    cores: {
      subject: (usage.cpuMs - before.subject) / 1_000 / seconds,
      broker: (after.broker - before.broker) / 1_000 / seconds,
      source: (after.source - before.source) / 1_000 / seconds,
    },
  };
}

const LOOK_INTERVAL_MS = 20;
const START_TIMEOUT_MS = 120_000;

/** Throws where the subject ends without having asked for anything. */
async function cpuMsAtFirstRequest(
  stage: Stage,
  { child, ended }: MeasuredProcess,
): Promise<Record<Party, number>> {
  const looking = new AbortController();
  const hasAsked = waitUntil(async () => (await stage.source.status()).firstRequestMs, {
    what: 'the first request at the source',
    timeoutMs: START_TIMEOUT_MS,
    intervalMs: LOOK_INTERVAL_MS,
    signal: looking.signal,
  });
  const endedEarly = ended.then(() => {
    throw new Error('the subject ended without a request at the source');
  });
  endedEarly.catch(() => undefined);
  try {
    await Promise.race([hasAsked, endedEarly]);
    return { subject: await cpuMsOf(child.pid), ...(await cpuMsOfServices(stage)) };
  } finally {
    looking.abort();
  }
}

async function cpuMsOfServices({ kafka, source }: Stage): Promise<{ broker: number; source: number }> {
  const [broker, ofSource] = await Promise.all([cpuMsOf(kafka.brokers[0]?.pid ?? 0), cpuMsOf(source.pid)]);
  return { broker, source: ofSource };
}

/** For the line that a run prints. */
export const show = ({ eventsPerSecond, cpuSecondsPerMillion, usage, cores }: CatchUp): string =>
  `${Math.round(eventsPerSecond).toLocaleString('en')} events/s, ${cpuSecondsPerMillion.toFixed(1)} s/M, ` +
  `${Math.round(usage.peakBytes / 1e6)} MB, cores ${cores.subject.toFixed(2)} + broker ${cores.broker.toFixed(2)} + source ${cores.source.toFixed(2)}`;

/** How many cores each used, in the median of the runs. */
export const coresText = (runs: readonly CatchUp[]): string =>
  (['subject', 'broker', 'source'] as const)
    .map((who) => `${who} ${median(runs.map(({ cores }) => cores[who])).toFixed(2)}`)
    .join(', ');
