import type { Log } from '../../src/log.ts';

/** Of what a test does not look at. */
export const silentLog: Log = { say: () => {}, with: () => silentLog };
