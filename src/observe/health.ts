import type { StreamGauges } from './metrics.ts';

export interface Health {
  /** The process works; whether Asana and Kafka do, is none of its business: a restart would not mend them. */
  live(): { ok: boolean };
  /** Every stream that is not halted holds a session and knows its position. */
  ready(): { ok: boolean; streams: Record<string, string> };
}

export function createHealth(streams: ReadonlyMap<string, StreamGauges>): Health {
  return {
    live: () => ({ ok: true }),
    ready: () => {
      const states = Object.fromEntries([...streams].map(([stream, gauges]) => [stream, stateOf(gauges)]));
      return {
        ok: Object.values(states).every((state) => state !== 'starting' && state !== 'halted'),
        streams: states,
      };
    },
  };
}

function stateOf({ halted, position }: StreamGauges): string {
  if (halted) return 'halted';
  return position?.mode ?? 'starting';
}
