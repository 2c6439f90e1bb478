import { describe } from '../errors.ts';
import type { GroupObserver } from '../group/membership.ts';
import { streamsOf } from '../group/protocol.ts';
import type { Log } from '../log.ts';
import { Incident } from './incident.ts';

// Where nobody has used a group yet, the first question makes Kafka create its own topic for them; a coordinator that moves is as fast.
const QUIET_FAILURES = 4;

/** What a member of the group does, as log lines. */
export function reportGroup(log: Log, nowMs: () => number): GroupObserver {
  const unreachable = new Incident(nowMs);
  let replica = '';
  let failures = 0;
  let streams: ReadonlySet<string> = new Set();
  return {
    joining: (name) => {
      replica = name;
    },
    answered: () => {
      failures = 0;
      const lastedSeconds = unreachable.ends();
      if (lastedSeconds !== undefined) log.say('group-reached', { lasted_s: lastedSeconds });
    },
    assigned: ({ table }) => {
      const { replicas } = table;
      const now = new Set(replicas.find(({ name }) => name === replica)?.streams);
      const fields = {
        streams: now.size,
        of_streams: streamsOf(table).length,
        gained: now.difference(streams).size,
        given_up: streams.difference(now).size,
        replicas: replicas.length,
      };
      streams = now;
      log.say('streams-assigned', fields, fields.gained + fields.given_up > 0 ? 'info' : 'debug');
    },
    lost: () => {
      streams = new Set();
      log.say('group-lost');
    },
    failed: (error, retryInMs) => {
      const isIncident = ++failures > QUIET_FAILURES && unreachable.goesOn(error.code);
      const fields = { ...describe(error), retry_in_ms: retryInMs };
      log.say('group-unreachable', fields, isIncident ? 'warn' : 'debug');
    },
  };
}
