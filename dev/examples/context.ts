import type { Backends } from '../demo/services.ts';
import type { AsanaEvent } from './asana-events.ts';

/** What an example runs on: a topic that the connector has filled, and what Asana has. */
export type ExampleContext = {
  backends: Backends;
  events: readonly AsanaEvent[];
  /** For logs and data; not removed by the example. */
  folder: string;
  signal: AbortSignal;
};
