import type { GroupObserver } from '../group/membership.ts';
import { streamsOf } from '../group/protocol.ts';
import type { GroupGauges, Metrics } from './metrics.ts';

export interface WatchedGroup {
  readonly name: string;
  /** Those that this replica is configured with. */
  readonly streams: readonly string[];
}

/** Keeps the gauges of the group, and counts its rebalances. `now` is in epoch milliseconds. */
export function watchGroup(
  { name, streams }: WatchedGroup,
  metrics: Metrics,
  now: () => number,
): GroupObserver {
  let replica = '';
  let own: ReadonlySet<string> = new Set();
  const gauges: GroupGauges = {
    replicas: undefined,
    streams: streams.length,
    assigned: 0,
    handoverMs: undefined,
  };
  metrics.groups.set(name, gauges);
  // A series that begins with its first event hides that one from `increase`.
  metrics.rebalances.inc({ group: name }, 0);
  const take = (assigned: ReadonlySet<string>) => {
    if (assigned.symmetricDifference(own).size > 0) gauges.handoverMs = now();
    own = assigned;
    gauges.assigned = own.size;
  };
  return {
    joining: (name) => {
      replica = name;
    },
    answered: () => {},
    assigned: ({ table }) => {
      const { replicas } = table;
      metrics.rebalances.inc({ group: name });
      gauges.replicas = replicas.length;
      gauges.streams = streamsOf(table).length;
      take(new Set(replicas.find((each) => each.name === replica)?.streams));
    },
    lost: () => {
      gauges.replicas = undefined;
      take(new Set());
    },
    failed: () => {},
  };
}
