import { defineConfig } from 'vitest/config';

// Of brokers that live for a minute or two: a good third of what they compute is to compile further than pays in that time.
const SHORT_LIVED_JAVA = { JDK_JAVA_OPTIONS: '-XX:TieredStopAtLevel=1' };
const SIMULATIONS = ['test/simulation/{simulation,teeth}.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    projects: [
      {
        test: {
          // The two long ones. Projects of a group begin in the order of their names: these compute while the unit tests run.
          name: 'simulation',
          include: SIMULATIONS,
          // Planted bugs at a time: each is looked for in a process of its own.
          maxConcurrency: 2,
          maxWorkers: 2,
          // A seed takes a second, and several where others use the cores too.
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**', 'test/clusters/**', 'test/containers/**', ...SIMULATIONS],
          // Without it, Vitest leaves one of two cores idle.
          maxWorkers: 2,
          // Some start processes, which takes seconds where others use the cores too.
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: './test/support/services.ts',
          env: SHORT_LIVED_JAVA,
          // One broker serves all files, and two cores; but they wait for more than half of their time.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'clusters',
          include: ['test/clusters/**/*.test.ts'],
          globalSetup: './test/support/registry-service.ts',
          env: SHORT_LIVED_JAVA,
          // Each has brokers of its own, and waits for most of its time: for elections, timeouts and restarts.
          maxWorkers: 2,
          // With the integration tests: the last of one kind does not keep a worker waiting.
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
