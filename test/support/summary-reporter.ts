/** Ends a run's output with `N passed, N failed`, and its exit code with what that line says. */

import { writeSync } from 'node:fs';
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';
import { formatCounts, isSuccess, type RunCounts } from './count-tests.ts';

const STDOUT = 1;

export default class SummaryReporter implements Reporter {
  #counts: RunCounts = { passed: 0, failed: 0, skipped: 0 };

  onInit(): void {
    // Printed when the process ends, because other reporters and the teardown of services still print after the last test.
    process.once('exit', () => {
      if (!isSuccess(this.#counts)) process.exitCode ||= 1;
      writeSync(STDOUT, `${formatCounts(this.#counts)}\n`);
    });
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly unknown[],
    reason: TestRunEndReason,
  ) {
    const counts = countTests(modules, unhandledErrors.length);
    // A service that does not start ends the run before there is a test to blame.
    if (reason === 'failed' && counts.failed === 0) counts.failed = 1;
    this.#counts = counts;
  }
}

/** Errors outside of any test (a file that does not load, a failed hook, a lost rejection) count as a failure each. */
function countTests(modules: readonly TestModule[], unhandledErrors: number): RunCounts {
  const counts = { passed: 0, failed: unhandledErrors, skipped: 0 };
  for (const module of modules) {
    const { passed, failed, skipped } = countModule(module);
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += skipped;
  }
  return counts;
}

function countModule(module: TestModule): RunCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') counts.passed++;
    else if (state === 'failed') counts.failed++;
    else counts.skipped++;
  }
  if (counts.failed === 0 && module.state() === 'failed') counts.failed = 1;
  return counts;
}
