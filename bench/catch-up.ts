/** One run from nothing to the last event committed, checked, with what it took. */

import type { Bench } from './bench.ts';
import { checkClosedCount } from './closed-count.ts';
import { cpuMsOf } from './cores.ts';
import type { SourceSettings, SourceStatus } from './source/settings.ts';
import type { Stage } from './stage.ts';
import { median } from './statistics.ts';
import { runMeasured, type Usage } from './subjects/measured.ts';
import { eventsTopic, type Subject, stateTopic, topicsOf } from './subjects/subjects.ts';

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
  /** How many cores each used on average, from the start of the subject to its end. */
  readonly cores: Readonly<Record<'subject' | 'broker' | 'source', number>>;
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
  const before = await cpuOf(stage);
  const usage = await runMeasured(subject.command(stage, run), stage.folder);
  const after = await cpuOf(stage);
  const status = await stage.source.status();
  await checkClosedCount(bench.reader, eventsTopic(run), { workspaces, events: source.events });
  await stage.deleteTopics(topicsOf(run));
  const events = source.events * workspaces;
  const seconds = (usage.endedMs - (status.firstRequestMs ?? usage.startedMs)) / 1_000;
  const wallMs = usage.endedMs - usage.startedMs;
  return {
    usage,
    source: status,
    events,
    seconds,
    eventsPerSecond: events / seconds,
    cpuSecondsPerMillion: (usage.cpuMs / 1_000 / events) * 1e6,
    cores: {
      subject: usage.cpuMs / wallMs,
      broker: (after.broker - before.broker) / wallMs,
      source: (after.source - before.source) / wallMs,
    },
  };
}

async function cpuOf({ kafka, source }: Stage): Promise<{ broker: number; source: number }> {
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
