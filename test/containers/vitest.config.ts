import { defineConfig } from 'vitest/config';

/** What needs a Docker engine: `make test-containers`. The paths are those of the project. */
export default defineConfig({
  test: {
    name: 'containers',
    reporters: ['default', './test/support/summary-reporter.ts'],
    include: [
      'test/containers/**/*.test.ts',
      // The integration tests on the services that all share: not those that make brokers of their own, nor those that are about the
      // process and its pages, which do not know where Kafka runs, nor those that take long for what `make test` shows.
      'test/integration/{asana-faults,catch-up,clock,commands,gap,kafka,kafka-contract,lost-topics,offsets,offsets-set,privacy,registry,registry-faults}.test.ts',
      'test/integration/{resume,state-topic,sweep,tail,topic-faults}.test.ts',
    ],
    globalSetup: './test/containers/services.ts',
    // One broker serves all files, and two cores.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
