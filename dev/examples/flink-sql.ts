/** Runs examples/flink-sql in a Flink of its own and checks both answers. */

import { join } from 'node:path';
import { runCommand } from '../command.ts';
import { installedFolder, javaCommand, lastLines } from '../java.ts';
import type { ExampleContext } from './context.ts';
import { expectedFailedLogins, expectedHours } from './expected.ts';
import type { Result } from './result.ts';

const FOLDER = join(import.meta.dirname, '../../examples/flink-sql');
const TIMEOUT_MS = 600_000;

/** Throws with what Flink said when it fails. */
export async function runFlinkSql({ backends, folder, events, signal }: ExampleContext): Promise<Result[]> {
  const { exitCode, stdout, stderr } = await runCommand({
    command: javaCommand(undefined),
    args: [
      ...['-Xmx1g', `-Djava.io.tmpdir=${folder}`, '-cp', join(installedFolder('flink-sql'), 'libs', '*')],
      ...['RunSql.java', 'audit-log-events.sql'],
    ],
    cwd: FOLDER,
    env: backends.connectorEnv,
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  if (exitCode !== 0) throw new Error(`Flink ended with exit code ${exitCode}\n${lastLines(stderr, 40)}`);
  const [failedLogins = [], hours = []] = readTables(stdout);
  return [
    { title: 'failed logins', rows: failedLogins, expected: expectedFailedLogins(events) },
    { title: 'events an hour and category', rows: hours, expected: expectedHours(events) },
  ];
}

/** The rows of each table that Flink printed, without the heads: cells with ` | ` between them. */
export function readTables(printed: string): string[][] {
  const tables = printed.match(/^\+-[\s\S]*?(?=^\d+ rows? in set)/gm) ?? [];
  return tables.map((table) => {
    const [, ...rows] = table.split('\n').filter((line) => line.startsWith('|'));
    return rows.map((row) =>
      row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim())
        .join(' | '),
    );
  });
}
