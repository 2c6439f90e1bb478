import { defineConfig } from 'vitest/config';

/** What needs a Docker engine: `make test-containers`. The paths are those of the project. */
export default defineConfig({
  test: {
    name: 'containers',
    reporters: ['default', './test/support/summary-reporter.ts'],
    include: [
      'test/containers/**/*.test.ts',
      // Of the integration tests, those about the services themselves. What is measured in moments of a start is not for here.
      'test/integration/{kafka,kafka-contract,registry}.test.ts',
    ],
    globalSetup: './test/containers/services.ts',
    // One broker serves all files, and two cores.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
