import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** What the connector touches the world with, apart from the network. */
export interface ConnectorPorts {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Log;
  readonly version: string;
  /** Of this machine, for people. */
  readonly hostName: string;
}
