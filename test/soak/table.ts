/** The result of a soak as Markdown. */

import type { LaneReport } from '../faults/lane.ts';
import { failureBound, percentile } from '../faults/statistics.ts';
import { shortfalls } from './goals.ts';

export interface Circumstances {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly commit: string;
  readonly command: string;
  readonly machine: string;
  /** Lanes that ended with an error of their own: the error. */
  readonly broken: ReadonlyMap<string, string>;
}

const number = (value: number): string => value.toLocaleString('en');
const seconds = (valueMs: number | undefined): string =>
  valueMs === undefined ? 'none measured' : `${(valueMs / 1_000).toFixed(1)} s`;
const sum = (reports: readonly LaneReport[], of: (report: LaneReport) => number): number =>
  reports.reduce((total, report) => total + of(report), 0);

export const isClean = ({ stock, problems }: LaneReport): boolean =>
  stock.violations.length === 0 && stock.balanced && problems.length === 0;

export function soakTable(reports: readonly LaneReport[]): string {
  const kills = sum(reports, (report) => report.kills);
  const killsOpen = sum(reports, (report) => report.killsOpen);
  const killsCommitting = sum(reports, (report) => report.killsCommitting);
  const lost = sum(reports, ({ stock }) => stock.lost);
  const duplicated = sum(reports, ({ stock }) => stock.duplicated);
  const recoveries = reports.flatMap(({ recoveriesMs }) => recoveriesMs);
  const clean = lost + duplicated === 0 ? kills : 0;
  const share = kills === 0 ? 0 : Math.round((100 * killsOpen) / kills);
  const rows: [string, string][] = [
    ['kills -9 of the connector', number(kills)],
    ['with a transaction open', `${number(killsOpen)} (${share} %)`],
    ['with a commit under way', number(killsCommitting)],
    ['broker kills -9', number(sum(reports, (report) => report.brokerKills))],
    ['leader moves (rounds, all partitions)', number(sum(reports, (report) => report.leaderMoves))],
    ['transaction coordinator moves', number(sum(reports, (report) => report.coordinatorMoves))],
    ['zombies', number(sum(reports, (report) => report.zombies))],
    ['network faults', number(sum(reports, (report) => report.networkFaults))],
    ['sessions', number(sum(reports, ({ stock }) => stock.sessions))],
    ['cursors held against the topic', number(sum(reports, ({ stock }) => stock.cursors))],
    ['events', number(sum(reports, ({ stock }) => stock.events))],
    ['of them published late', number(sum(reports, ({ stock }) => stock.late))],
    ['lost', number(lost)],
    ['duplicated', number(duplicated)],
    ['recovery p50', `${seconds(percentile(recoveries, 0.5))} (of ${recoveries.length} recoveries)`],
    ['recovery p99', seconds(percentile(recoveries, 0.99))],
    [
      'failure probability of a kill, at 95 %',
      `below ${failureBound(clean).toFixed(4)} (3/n, n = ${clean} clean kills)`,
    ],
  ];
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

/** The page `docs/soak.md`. */
export function soakPage(reports: readonly LaneReport[], circumstances: Circumstances): string {
  const { startedAt, durationMs, commit, command, machine, broken } = circumstances;
  return `# The long run

Written by \`test/soak/run.ts\`; the lanes are in \`test/faults/\`. Events are counted by gid, read_committed, against what the simulator says
that it showed. One live event in five becomes visible up to 2 s late, where the live offset has passed it; sweeps come every 2 s, with a
lookback of 3 s. A reader besides reads the topics during the whole lane: of the events it must have seen exactly what the final scan
sees, in the same order; each committed cursor must have the count and the digest of what the events topic holds up to that cursor's ends;
and by the producer id and epoch of its batch, each must be of the producer that wrote the session record before it.
A recovery goes from a kill to the next acknowledged commit of events; a kill that another kill overtook has none.

- date: ${startedAt}, ${Math.round(durationMs / 60_000)} minutes
- commit: ${commit}
- command: \`${command}\`
- machine: ${machine}

${soakTable(reports)}

${shortfalls(reports)
  .map((what) => `**Short of a whole run:** ${what}\n\n`)
  .join(
    '',
  )}${[...broken].map(([lane, error]) => `**The lane ${lane} did not end:** ${firstLines(error)}\n\n`).join('')}${reports.map(section).join('\n\n')}

## What it does not show

- The kills of the connector are on one broker (aimed through a proxy in front of it), the broker faults on three, with the connector alive;
  one workspace each, no fleet.
- A coordinator moves because its broker is killed or restarted. Controllers move with their brokers; their moves are not counted.
- A kill at a random time comes at most 5 s after the start of the process, so many come before its first commit.
- In the lane crash, late events are only there for the last third of the kills: nothing is late in a backlog.
- The reader and the final scan tell aborted records from others by the same code, src/kafka/committed-records.ts;
  test/integration/kafka.test.ts holds that against Kafka's own console consumer.
- Not every invariant is looked at here. What a process said that it had committed, how many pages it had at hand, what it did with a
  producer after an error, of which transaction a visible record is, and whether the stream was caught up so long after all had healed:
  those the simulation looks at. The request budget is off.
- A network fault lasts 6 s (1 s in \`make test\`): longer than Asana's timeout of 2 s there, not than Kafka's of 20 s or the registry's of
  10 s. Only a half-open connection stays silent for good, until a timeout ends it.
- It all runs on one machine: no disk is lost, and no page cache with it.
`;
}

function section({ lane, stock, problems, notes }: LaneReport): string {
  const { violations } = stock;
  const lines = [
    `${number(stock.events)} events, ${stock.lost} lost, ${stock.duplicated} duplicated, ${violations.length} violations of the invariants that are looked at here; the ledger is ${stock.balanced ? 'balanced' : 'NOT balanced'}`,
    `${number(stock.late)} events published late; ${number(stock.cursors)} cursors of ${number(stock.sessions)} sessions held against the topic`,
    ...notes,
    ...violations.slice(0, 5).map(({ invariant, detail }) => `**${invariant}**: ${detail}`),
    ...problems.map((problem) => `**problem**: ${firstLines(problem)}`),
  ];
  return `## ${lane}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

const firstLines = (text: string): string => text.split('\n').slice(0, 4).join(' / ').slice(0, 600);
