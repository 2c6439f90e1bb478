import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** What a measurement was made of: the commit, and what of the sources is not in it. */
export function commitNow(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src', 'simulator');
  const files = changed.split('\n').map((line) => line.trim().replace(/^\S+\s+/, ''));
  return `${git('rev-parse', 'HEAD')}${changed === '' ? '' : `, with uncommitted changes in ${files.join(', ')}`}`;
}
