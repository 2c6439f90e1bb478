import { isoTime } from '../clock.ts';
import { type Finding, isClean } from './compare.ts';
import { isBalanced, type Ledger } from './ledger.ts';
import type { Verification } from './verify.ts';

const MAX_EXAMPLES = 5;

/** The result for a terminal; its last line says it all. */
export function verificationReport(workspaceGid: string, result: Verification): string {
  const { sourceEvents, topicRecords, deadLetters, missing, duplicate, altered, invented } = result;
  const kinds: [string, readonly Finding[]][] = [
    ['missing', missing],
    ['duplicate', duplicate],
    ['altered', altered],
    ['invented', invented],
  ];
  const lines = [
    `workspace ${workspaceGid}, ${isoTime(result.fromMs)} to ${isoTime(result.toMs)}`,
    `  Asana ${count(sourceEvents)} events, Kafka ${count(topicRecords)} records, dead letters ${count(deadLetters)}`,
    `  ${kinds.map(([kind, found]) => `${kind} ${count(found.length)}`).join(', ')}`,
    ...kinds.flatMap(([kind, found]) => examples(kind, found)),
    isClean(result) ? '  proven: every event exactly once, unchanged' : '  NOT proven',
  ];
  return `${lines.join('\n')}\n`;
}

/** The same for a ledger. */
export function ledgerReport(workspaceGid: string, ledger: Ledger): string {
  const { claimed, found, completeToMs } = ledger;
  const lines = [
    `workspace ${workspaceGid}, complete as of ${isoTime(completeToMs)} by its state`,
    `  state ${count(claimed.events)} events, digest ${claimed.digest}`,
    `  topic ${count(found.events)} events, digest ${found.digest}`,
    isBalanced(ledger)
      ? '  proven: the topic holds exactly the events that the state claims'
      : '  NOT proven: they differ; where the topic no longer holds its oldest records, run verify without --ledger',
  ];
  return `${lines.join('\n')}\n`;
}

function examples(kind: string, found: readonly Finding[]): string[] {
  const shown = found.slice(0, MAX_EXAMPLES).map(({ id, detail }) => `    ${kind}: ${id}, ${detail}`);
  const rest = found.length - shown.length;
  return rest > 0 ? [...shown, `    and ${count(rest)} more ${kind}`] : shown;
}

const count = (n: number): string => n.toLocaleString('en');
