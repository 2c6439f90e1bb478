import { isoTime } from '../clock.ts';
import { type Finding, isClean } from './compare.ts';
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

function examples(kind: string, found: readonly Finding[]): string[] {
  const shown = found.slice(0, MAX_EXAMPLES).map(({ id, detail }) => `    ${kind}: ${id}, ${detail}`);
  const rest = found.length - shown.length;
  return rest > 0 ? [...shown, `    and ${count(rest)} more ${kind}`] : shown;
}

const count = (n: number): string => n.toLocaleString('en');
