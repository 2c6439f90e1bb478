/** Starts one registry for the tests that start brokers of their own, and tells them where it is. */

import type { TestProject } from 'vitest/node';
import { startRegistry } from '../../dev/registry.ts';

export default async function startRegistryService(project: TestProject): Promise<() => Promise<void>> {
  const registry = await startRegistry();
  project.provide('schemaRegistryUrl', registry.url);
  return () => registry.close();
}
