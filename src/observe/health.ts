import type { StreamGauges } from './metrics.ts';

export interface Health {
  /** The process works; whether Asana and Kafka do, is none of its business: a restart would not mend them. */
  live(): { ok: boolean };
  /** Every stream holds a session and knows its position; a halted one does not. */
  ready(): { ok: boolean; streams: Record<string, string> };
}

export function createHealth(streams: ReadonlyMap<string, StreamGauges>): Health {
  return {
    live: () => ({ ok: true }),
    ready: () => {
      const states = Object.fromEntries([...streams].map(([stream, gauges]) => [stream, stateOf(gauges)]));
      return {
        ok:
          streams.size > 0 &&
          Object.values(states).every((state) => state === 'live' || state === 'catching-up'),
        streams: states,
      };
    },
  };
}

function stateOf({ halted, sessionHeld, position }: StreamGauges): string {
  if (halted) return 'halted';
  return (sessionHeld && position?.mode) || 'starting';
}
