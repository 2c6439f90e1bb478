import { isoTime } from '../clock.ts';
import type { HiddenFields } from '../privacy/hide-fields.ts';
import type { PassedGap } from '../stream/gap.ts';
import type { Republished } from '../stream/republished.ts';
import { type Finding, type Findings, isClean } from './compare.ts';
import { isBalanced, type Ledger } from './ledger.ts';
import type { Verification } from './verify.ts';

const MAX_EXAMPLES = 5;
const NOTHING: HiddenFields = { dropped: [], hashed: [] };

/** The result for a terminal; its last line says it all. */
export function verificationReport(workspaceGid: string, result: Verification, hidden = NOTHING): string {
  const { sourceEvents, topicRecords, deadLetters, republished, inGaps } = result;
  const { pending } = result;
  const wrong = kindsOf(result);
  const kinds = pending.length === 0 ? wrong : wrong.toSpliced(1, 0, ['not there yet', pending]);
  const lines = [
    `workspace ${workspaceGid}, ${isoTime(result.fromMs)} to ${isoTime(result.toMs)}`,
    `  Asana ${count(sourceEvents)} events, Kafka ${count(topicRecords)} records, dead letters ${count(deadLetters)}`,
    ...(republished > 0
      ? [`  of the records, ${count(republished)} were published again by an operator`]
      : []),
    ...(inGaps > 0 ? [`  of the events, ${count(inGaps)} were left out, in recorded gaps`] : []),
    ...result.refused.map(refusedLine),
    `  ${kinds.map(([kind, found]) => `${kind} ${count(found.length)}`).join(', ')}`,
    ...kinds.flatMap(([kind, found]) => examples(kind, found)),
    ...pendingLines(result),
    ...hiddenLines(hidden, result),
    isClean(result) ? `  proven${upTo(result)}: ${whatIsProven(result, hidden)}` : '  NOT proven',
  ];
  return `${lines.join('\n')}\n`;
}

const pendingLines = ({ pending, provenToMs }: Verification): string[] =>
  pending.length === 0
    ? []
    : [
        `  what is not there yet was created since ${isoTime(provenToMs)}: Asana may have shown it late, and the next sweep looks for it`,
      ];

const upTo = ({ pending, provenToMs }: Verification): string =>
  pending.length === 0
    ? ''
    : ` up to ${isoTime(provenToMs)} (repeat verify once a sweep has looked for the rest)`;

const refusedLine = ({ fromMs, toMs }: PassedGap): string =>
  `  from ${isoTime(fromMs)} to ${isoTime(toMs)} is a recorded gap: Asana refuses that time, and it was not compared`;

/** What was compared is less than what Asana has, and says nothing of what was published by other rules. */
function hiddenLines({ dropped, hashed }: HiddenFields, { altered, missing }: Verification): string[] {
  if (dropped.length + hashed.length === 0) return [];
  const lines = [
    ...(dropped.length > 0 ? [`  compared without ${dropped.join(', ')} (FIELDS_DROP)`] : []),
    ...(hashed.length > 0 ? [`  compared by hash: ${hashed.join(', ')} (FIELDS_HASH)`] : []),
  ];
  if (altered.length + missing.length === 0) return lines;
  const why =
    '  an event that was published while other fields were hidden, or under another key, counts as altered, or in the dead letters as missing: --from leaves out what is older';
  return [...lines, why];
}

function whatIsProven(
  { republished, inGaps, refused }: Verification,
  { dropped, hashed }: HiddenFields,
): string {
  const but = [
    ...(dropped.length + hashed.length > 0 ? ['fields are hidden as configured'] : []),
    ...(inGaps + refused.length > 0 ? ['those in gaps are left out'] : []),
    ...(republished > 0 ? ['those that were published again are there again'] : []),
  ];
  return `every event exactly once, unchanged, in time order within each partition${but.length > 0 ? `; but ${but.join(', and ')}` : ''}`;
}

const kindsOf = ({
  missing,
  duplicate,
  altered,
  invented,
  outOfOrder,
}: Findings): [string, readonly Finding[]][] => [
  ['missing', missing],
  ['duplicate', duplicate],
  ['altered', altered],
  ['invented', invented],
  ['out of order', outOfOrder],
];

/** The same for programs. */
export function verificationJson(workspaceGid: string, result: Verification, hidden = NOTHING) {
  const kinds = kindsOf(result).map(([kind, found]) => [kind.replaceAll(' ', '_'), found] as const);
  return {
    workspace_gid: workspaceGid,
    from: isoTime(result.fromMs),
    to: isoTime(result.toMs),
    proven: isClean(result) && result.pending.length === 0,
    proven_to: isClean(result) ? isoTime(result.provenToMs) : null,
    source_events: result.sourceEvents,
    topic_records: result.topicRecords,
    dead_letters: result.deadLetters,
    republished: result.republished,
    in_gaps: result.inGaps,
    pending: result.pending.length,
    refused: result.refused.map(({ fromMs, toMs }) => ({ from: isoTime(fromMs), to: isoTime(toMs) })),
    fields_dropped: hidden.dropped,
    fields_hashed: hidden.hashed,
    ...Object.fromEntries(kinds.map(([kind, found]) => [kind, found.length])),
    examples: Object.fromEntries(
      [...kinds, ['pending', result.pending] as const].map(([kind, found]) => [
        kind,
        found.slice(0, MAX_EXAMPLES),
      ]),
    ),
  };
}

/** The same for a ledger. */
export function ledgerReport(workspaceGid: string, ledger: Ledger): string {
  const { claimed, found, completeToMs, republished } = ledger;
  const where = completeToMs === undefined ? 'reset' : `complete as of ${isoTime(completeToMs)}`;
  const lines = [
    `workspace ${workspaceGid}, ${where} by its state`,
    `  state ${count(claimed.events)} events, digest ${claimed.digest}`,
    `  topic ${count(found.events)} events, digest ${found.digest}`,
    ...republished.map(republishedLine),
    isBalanced(ledger)
      ? '  proven: the topic holds exactly the events that the state claims'
      : '  NOT proven: they differ; where the topic no longer holds its oldest records, run verify without --ledger',
  ];
  return `${lines.join('\n')}\n`;
}

const republishedLine = ({ atMs, fromMs, toMs }: Republished): string =>
  `  by an operator since ${isoTime(atMs)}: events created from ${fromMs === undefined ? 'the oldest' : isoTime(fromMs)} to ${isoTime(toMs)} are published, and counted, once more`;

export function ledgerJson(workspaceGid: string, ledger: Ledger) {
  const { claimed, found, completeToMs, republished } = ledger;
  return {
    workspace_gid: workspaceGid,
    complete_as_of: completeToMs === undefined ? null : isoTime(completeToMs),
    proven: isBalanced(ledger),
    state: claimed,
    topic: found,
    republished: republished.map(({ atMs, fromMs, toMs }) => ({
      at: isoTime(atMs),
      from: fromMs === undefined ? null : isoTime(fromMs),
      to: isoTime(toMs),
    })),
  };
}

function examples(kind: string, found: readonly Finding[]): string[] {
  const shown = found.slice(0, MAX_EXAMPLES).map(({ id, detail }) => `    ${kind}: ${id}, ${detail}`);
  const rest = found.length - shown.length;
  return rest > 0 ? [...shown, `    and ${count(rest)} more ${kind}`] : shown;
}

const count = (n: number): string => n.toLocaleString('en');
