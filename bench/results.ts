/** The dated record of a run, for people and for programs. */

import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Failure, Figure } from './figure.ts';
import { ratios, summarize } from './statistics.ts';
import { renderTable } from './table.ts';

export interface Circumstances {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationSeconds: number;
  readonly command: string;
  readonly commit: string;
  readonly machine: string;
  readonly source: string;
  /** One-minute load averages; what else ran is in them. */
  readonly load: { readonly before: number; readonly after: number };
}

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(import.meta.dirname, 'results');

/** Returns the path of the Markdown file. */
export async function writeResults(
  circumstances: Circumstances,
  figures: readonly Figure[],
  foundFailures: readonly Failure[],
): Promise<string> {
  // Messages name files, whose folder is nobody else's business.
  const failures = foundFailures.map(({ row, reason }) => ({ row, reason: reason.replaceAll(ROOT, '.') }));
  const name = nameOf(circumstances);
  const summaries = figures.map((figure) => ({
    ...figure,
    summary: summarize(figure.values),
    ...(figure.yardstick && { ratio: summarize(ratios(figure.values, figure.yardstick.values)) }),
  }));
  const json = JSON.stringify({ ...circumstances, figures: summaries, failures }, undefined, 2);
  await write(`${name}.json`, `${json}\n`);
  return write(`${name}.md`, renderPage('Benchmark', circumstances, renderTable(figures, failures)));
}

/** Returns the path of the Markdown file. */
export function writeProfile(circumstances: Circumstances, text: string): Promise<string> {
  const page = renderPage('Profile', circumstances, `\`\`\`\n${text}\n\`\`\``);
  return write(`${nameOf(circumstances)}.profile.md`, page);
}

const nameOf = ({ startedAt }: Circumstances): string => startedAt.slice(0, 19).replaceAll(':', '');

async function write(name: string, text: string): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const path = join(FOLDER, name);
  await writeFile(path, text);
  return path;
}

function renderPage(what: string, of: Circumstances, body: string): string {
  return `# ${what} of ${of.startedAt.slice(0, 16).replace('T', ' ')} UTC

How to read it, and how it is measured: [METHOD.md](../METHOD.md).

- command: \`${of.command}\`
- commit: ${of.commit}
- machine: ${of.machine}
- source: ${of.source}
- load: ${of.load.before.toFixed(2)} before, ${of.load.after.toFixed(2)} after; took ${Math.round(of.durationSeconds / 60)} minutes

${body}
`;
}

export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${model}), ${memory} GB, Node ${process.versions.node}; broker, registry and source on the same cores`;
}

export const loadNow = (): number => loadavg()[0] ?? Number.NaN;

/** With the changed files that matter for speed: such a run cannot be repeated. */
export function describeCommit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' });
  const changed = git(
    'status',
    '--porcelain',
    '--',
    '../src',
    '../bench',
    '../simulator',
    '../dev',
    '../package-lock.json',
  );
  const files = changed.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
  const own = files.filter((file) => !file.startsWith('bench/results/'));
  return (
    git('rev-parse', 'HEAD').trim() +
    (own.length === 0 ? '' : `, with uncommitted changes in ${own.join(', ')}`)
  );
}
