import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countOf } from '../../dev/arguments.ts';

const ROOT = join(import.meta.dirname, '../..');

test('a count is a whole number from 1 on', () => {
  expect(countOf('--seeds', '10000')).toBe(10_000);
  for (const text of ['abc', '', '0', '-1', '1.5', '1e400'])
    expect(() => countOf('--seeds', text)).toThrow(/^--seeds: expected a whole number from 1 on, got '/);
});

// `make simulate SEEDS=abc` simulated nothing, and said that nothing was violated.
test.each([
  [
    'test/simulation/run.ts',
    ['--seeds', 'abc', '--processes', '2'],
    "--seeds: expected a whole number from 1 on, got 'abc'",
  ],
  ['test/simulation/run.ts', ['--until', 'nonsense'], '--until: no invariant nonsense; there are no-loss'],
  ['test/soak/run.ts', ['--lanes', 'nonsense'], '--lanes: nonsense unknown; there are crash'],
  ['test/soak/run.ts', ['--sed', '5'], "Unknown option '--sed'"],
])('%s %j ends with one line that says what is wrong, and exit code 2', async (file, args, line) => {
  const run = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(process.execPath, [join(ROOT, file), ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
  expect(run.code).toBe(2);
  expect(run.output).toMatch(/^[^\n]*\n$/);
  expect(run.output).toContain(line);
});
