/** The ports of a lane that runs as a test. */

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { randomStream } from '../../simulator/random.ts';
import type { LanePorts } from './lane.ts';

/** Another seed each time, which is printed. */
export async function testPorts(name: string): Promise<LanePorts> {
  const seed = Date.now() % 1_000_000;
  const progress = (line: string) => console.log(`${name}: ${line}`);
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  progress(`seed ${seed}, logs in ${folder}`);
  return {
    registryUrl: inject('schemaRegistryUrl'),
    folder,
    random: randomStream(seed),
    progress,
  };
}
