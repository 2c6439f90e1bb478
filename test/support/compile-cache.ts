/** What Node makes of the sources, kept from one process of a test to the next: half of what a start computes is to compile them. */

import { join } from 'node:path';

/** For the environment of a process of the connector. Node itself throws away what was made of another text or by another Node. */
export const COMPILE_CACHE = { NODE_COMPILE_CACHE: join(import.meta.dirname, '../../.cache/compiled') };
