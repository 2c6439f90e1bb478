/** Starts one broker and one registry for all integration tests of a run, and tells the tests where they are. */

import type { TestProject } from 'vitest/node';
import { startKafka } from '../../dev/kafka.ts';
import { startRegistry } from '../../dev/registry.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of the broker that all integration tests share: give topics and transactional ids names of your own. */
    kafkaBrokers: string;
    /** Base URL of the registry that all integration tests share. */
    schemaRegistryUrl: string;
  }
}

export default async function startServices(project: TestProject): Promise<() => Promise<void>> {
  const started = await Promise.allSettled([startKafka({ brokers: 1 }), startRegistry()]);
  const close = async () => {
    for (const service of started) if (service.status === 'fulfilled') await service.value.close();
  };
  const [kafka, registry] = started;
  if (kafka.status === 'rejected' || registry.status === 'rejected') {
    await close();
    throw kafka.status === 'rejected' ? kafka.reason : registry.status === 'rejected' && registry.reason;
  }
  project.provide('kafkaBrokers', kafka.value.bootstrapServers);
  project.provide('schemaRegistryUrl', registry.value.url);
  return close;
}
