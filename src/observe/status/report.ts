import { headline } from '../page/headline.js';
import {
  budgetSentence,
  byUrgency,
  count,
  duration,
  gapSentence,
  nextStepOf,
  rate,
  replicaSentence,
  sentence,
  stateWord,
  things,
  unassignedSentence,
} from '../page/words.js';
import type { GroupStatus, StatusDocument, StreamStatus } from './document.ts';

/** The status as text for a terminal: a headline, a line a stream, and below it what there is to do. */
export function statusReport(document: StatusDocument): string {
  const { text, detail } = headline(document);
  const uptime = (Date.parse(document.now) - Date.parse(document.started_at)) / 1_000;
  const streams = byUrgency(document.streams);
  const [names, states] = [streams.map(({ stream }) => stream), streams.map(stateWord)];
  const lines = streams.flatMap((stream, at) => {
    const [name, state] = [pad(names[at], names), pad(states[at], states)];
    const first = `  ${name}  ${state}  ${sentence(stream, document)}${pace(stream)}`;
    return [first, ...details(stream).map((line) => `      ${line}`)];
  });
  const replicas = document.group ? ['', ...replicaLines(document.group)] : [];
  const budgets = document.budgets.map((budget) => {
    const token = document.budgets.length === 1 ? '' : ` of token ${budget.token}`;
    return `budget${token}: ${budgetSentence(budget, document)}`;
  });
  const about = `${document.connector_name}, version ${document.version}, up for ${duration(uptime)}`;
  return `${[`${text}. ${detail}`.trim(), '', ...lines, ...replicas, '', ...budgets, about].map(printable).join('\n')}\n`;
}

function replicaLines(group: GroupStatus): string[] {
  const sentences = [
    ...group.replicas.map((replica) => replicaSentence(replica, group)),
    unassignedSentence(group),
  ];
  return sentences.flatMap((line) => (line === undefined ? [] : [`  ${line}`]));
}

const pad = (text = '', all: readonly string[]): string =>
  text.padEnd(Math.max(...all.map(({ length }) => length)));

const pace = ({ state, events_per_second, events_committed }: StreamStatus): string =>
  state === 'live' || state === 'catching-up'
    ? `; ${rate(events_per_second)}, ${count(events_committed)} since the start`
    : '';

function details(stream: StreamStatus): string[] {
  const { last_error: error, gaps, dead_letters } = stream;
  const lines: string[] = [];
  if (error?.ongoing) {
    lines.push(`${error.code}, since ${error.since}`, `next step: ${error.next_step}`);
    if (error.skip_at) lines.push(`at ${error.skip_at} the refused piece is skipped, with a gap record`);
  }
  for (const concern of stream.concerns) {
    const step = nextStepOf(concern);
    if (step !== undefined && concern !== 'gap') lines.push(`next step: ${step}`);
  }
  if (gaps.last)
    lines.push(
      `${things(gaps.count, 'gap')} since the start: ${gapSentence(gaps.last, (iso) => iso)}`,
      `next step: ${nextStepOf('gap')}`,
    );
  if (dead_letters > 0)
    lines.push(
      `${things(dead_letters, 'dead letter')} since the start`,
      `next step: ${nextStepOf('dead-letters')}`,
    );
  return lines;
}

/** It came over the network: it must not steer the terminal. */
const printable = (line: string): string => line.replace(/\p{Cc}/gu, ' ');
