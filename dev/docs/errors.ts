/** docs/errors.md, from the closed list of errors. */

import type { Disposition } from '../../src/disposition.ts';
import { ERROR_CODES, ERRORS, type ErrorCode } from '../../src/error-list.ts';
import { ConnectorError } from '../../src/errors.ts';

const HEAD = `# Errors

Every error has a code of this list: in the log (\`code\`, with \`error\` and \`next_step\`), on the terminal, on the status page, and as a
label of \`asana_audit_errors_total\`. The next step is the same everywhere, but where it is that something is tried again: a command that
has ended tries nothing again, and says what the last column has. This page is generated from \`src/error-list.ts\` by \`make docs\`.

Exit codes: 0 done, 1 failed for good, 2 wrong configuration or command line.
`;

/** What the connector does by itself. */
const BY_ITSELF: Readonly<Record<Disposition, string>> = {
  'retry-request':
    'Asks again until it is answered, with growing waits of up to 30 s. The stream waits; nothing is lost.',
  'catch-up': 'Gives up the offset and goes on from the last committed event, in the same session.',
  'step-over': 'Narrows down what is refused, commits a gap record for it, and goes on behind it.',
  'dead-letter': 'Writes the event to the dead letters topic, in the same transaction, and goes on.',
  'new-session':
    'Ends the session with Kafka and begins another, with growing waits of up to 15 s, from what the state topic says. Nothing is lost and nothing written twice.',
  'halt-stream':
    'Stops this stream for good; the others go on. When none is left, the process ends with exit code 1. Started again, it goes on from its state.',
  exit: 'Ends the process, with exit code 2 where it is the configuration and 1 otherwise: no stream could work.',
  'refuse-command':
    'Ends the command that was asked for (offsets, tail, verify) with exit code 1; nothing is changed.',
};

export function errorsDocument(): string {
  const sections = Object.entries(BY_ITSELF).map(([disposition, byItself]) => {
    const codes = ERROR_CODES.filter((code) => ERRORS[code].disposition === disposition);
    return `\n## ${disposition}\n\n${byItself}\n\n${codes.some(differsInCommands) ? table(codes, IN_BOTH) : table(codes, [])}`;
  });
  return HEAD + sections.join('');
}

interface Column {
  readonly title: string;
  readonly of: (code: ErrorCode) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'code', of: (code) => `<a id="${code}"></a>\`${code}\`` },
  { title: 'cause', of: (code) => ERRORS[code].cause },
  { title: 'next step', of: (code) => ERRORS[code].nextStep },
];

const inCommand = (code: ErrorCode): string => new ConnectorError(code, '').commandNextStep;
const differsInCommands = (code: ErrorCode): boolean => inCommand(code) !== ERRORS[code].nextStep;
const IN_BOTH: readonly Column[] = [{ title: 'next step of a command that it has ended', of: inCommand }];

function table(codes: readonly ErrorCode[], more: readonly Column[]): string {
  const columns = [...COLUMNS, ...more];
  const lines = [
    columns.map(({ title }) => title),
    ...codes.map((code) => columns.map((column) => column.of(code))),
  ].map((cells) => `| ${cells.join(' | ')} |\n`);
  return [lines[0], `|${'---|'.repeat(columns.length)}\n`, ...lines.slice(1)].join('');
}
