import type { TokenBudget } from './asana/budget.ts';
import { topicOptions } from './clients.ts';
import { budgetShare, tokenShare } from './group/budget-share.ts';
import { Confirmation } from './group/confirmation.ts';
import { Crew } from './group/crew.ts';
import { type GroupObserver, keepMembership } from './group/membership.ts';
import { patiently } from './group/patiently.ts';
import type { KafkajsClient } from './kafka/kafkajs-client.ts';
import { statePartition } from './kafka/state-keys.ts';
import { ensureTopic, stateRequirement } from './kafka/topics.ts';
import { bothGroupObservers } from './observe/fan-out.ts';
import { reportGroup } from './observe/group-report.ts';
import { watchGroup } from './observe/group-watch.ts';
import type { GroupRecord } from './observe/status/group-record.ts';
import { runWorkspace, type SharedParts } from './run-workspace.ts';
import { forever } from './stream/follow.ts';
import type { Outcome } from './stream/stream.ts';

export interface DistributedParts extends SharedParts {
  readonly kafka: KafkajsClient;
  /** With the workspaces that share each. */
  readonly budgets: ReadonlyMap<TokenBudget, ReadonlySet<string>>;
  readonly group: GroupRecord;
  /** Of this replica's status page. */
  readonly url: string;
}

// Often enough that a rebalance begins within a second, and a few are lost before the session is.
const HEARTBEATS_PER_SESSION = 20;
const MAX_HEARTBEAT_MS = 1_000;

/**
 * Runs the streams that the group gives to this replica, until `signal` aborts. One that is halted stays so until it is given to
 * another replica. What keeps all from working ends this one, and is what it gives.
 */
export async function runDistributed(
  parts: DistributedParts,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Outcome>> {
  const { config, ports, kafka } = parts;
  const observer = observe(parts);
  const topics = topicOptions(config);
  const patience = { ...ports, failed: observer.failed };
  const lookUp = () => ensureTopic(kafka, stateRequirement(topics));
  const found = await patiently(lookUp, patience, signal).catch((thrown) => {
    if (!signal.aborted) throw thrown;
  });
  if (found === undefined) return new Map();
  const partitionOf = (stream: string) => statePartition(config.CONNECTOR_NAME, stream, found.partitions);
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const failures = new Map<string, Outcome>();
  const onEnd = (workspace: string, outcome: Outcome) => {
    if (outcome.ended !== 'failed' || outcome.error.disposition !== 'exit') return;
    failures.set(workspace, outcome);
    failed.abort(outcome.error);
  };
  const confirmation = new Confirmation();
  const crew = createCrew(
    Map.groupBy(config.ASANA_WORKSPACES, partitionOf),
    parts,
    confirmation,
    onEnd,
    either,
  );
  await keepMembership(
    {
      topic: topics.stateTopic,
      partitionOf,
      streams: config.ASANA_WORKSPACES,
      replica: `${ports.hostName}:${new URL(parts.url).port}`,
      heartbeatMs: Math.min(MAX_HEARTBEAT_MS, config.GROUP_SESSION_TIMEOUT / HEARTBEATS_PER_SESSION),
    },
    {
      ...ports,
      group: kafka.openGroup({
        groupId: config.CONNECTOR_NAME,
        sessionTimeoutMs: config.GROUP_SESSION_TIMEOUT,
      }),
      crew,
      confirmation,
      observer,
    },
    either,
  );
  return failures;
}

function observe({ config, ports, metrics, group }: DistributedParts): GroupObserver {
  const { log, clock } = ports;
  const watched = { name: config.CONNECTOR_NAME, streams: config.ASANA_WORKSPACES };
  const outside = bothGroupObservers(reportGroup(log, clock.now), watchGroup(watched, metrics, clock.now));
  return bothGroupObservers(group.observer, outside);
}

function createCrew(
  streamsOf: ReadonlyMap<number, readonly string[]>,
  parts: DistributedParts,
  confirmation: Confirmation,
  onEnd: (workspace: string, outcome: Outcome) => void,
  signal: AbortSignal,
): Crew {
  const { config, budgets, group, metrics, status } = parts;
  const configured = new Set(config.ASANA_WORKSPACES);
  const terms = { until: forever, stillOurs: (limited: AbortSignal) => confirmation.next(limited) };
  const run = async (workspace: string, limited: AbortSignal) =>
    onEnd(workspace, await runWorkspace(workspace, parts, terms, limited));
  const givenUp = (workspace: string) => {
    status.forget(workspace);
    metrics.streams.delete(workspace);
  };
  const changed = (running: ReadonlySet<string>) => {
    for (const [budget, streamsOfToken] of budgets) {
      const share = tokenShare({ streamsOfToken, configured, running, streamsOfGroup: group.streams });
      // To a budget, 0 is no limit; and who runs nothing asks for nothing.
      if (share > 0) budget.limitTo(budgetShare(config.ASANA_REQUESTS_PER_MINUTE, share), share);
    }
  };
  return new Crew(streamsOf, { run, givenUp, changed }, signal);
}
