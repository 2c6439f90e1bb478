/** From the start of a process to the first event that a read_committed consumer can read. */

import type { Bench, RowResult } from '../bench.ts';
import { interleave } from '../rounds.ts';
import { epochMs, runMeasured } from '../subjects/measured.ts';
import {
  connector,
  eventsTopic,
  naiveScript,
  type Subject,
  stateTopic,
  topicsOf,
} from '../subjects/subjects.ts';
import { watchTopic } from '../watch-topic.ts';

const ROW = 'start';
const EVENTS = 1_000;

export async function start(bench: Bench): Promise<RowResult> {
  const run = (subject: Subject) => () => startToFirstEvent(bench, subject);
  const subjects = { naive: run(naiveScript), connector: run(connector()) };
  const { results, failures } = await interleave(bench, ROW, subjects, (ms) => `${ms.toFixed(0)} ms`);
  if (results.connector.length === 0) return { figures: [], failures };
  const figure = {
    row: ROW,
    name: 'start to first commit',
    unit: 'ms',
    values: results.connector,
    yardstick: { name: naiveScript.name, values: results.naive },
    note: 'a first start: schema, state topic and session included; the events topic is there already',
  };
  return { figures: [figure], failures };
}

async function startToFirstEvent({ stage, reader, newRun }: Bench, subject: Subject): Promise<number> {
  const run = newRun(subject.name);
  await stage.source.reset({ events: EVENTS });
  await stage.createTopic(eventsTopic(run));
  if (subject.name !== 'connector') await stage.createTopic(stateTopic(run));
  let firstMs: number | undefined;
  const watch = watchTopic(reader, eventsTopic(run), () => {
    firstMs ??= epochMs();
  });
  const usage = await runMeasured(subject.command(stage, run), stage.folder);
  await watch.stop();
  await stage.deleteTopics(topicsOf(run));
  if (firstMs === undefined) throw new Error(`${subject.name} ended before any event was readable`);
  return firstMs - usage.startedMs;
}
