/** One process that runs the connector's streams over the models: what `src/connector.ts` composes, without the network. */

import { TokenBudget } from '../../src/asana/budget.ts';
import { AuditLogClient } from '../../src/asana/client.ts';
import { PatientClient } from '../../src/asana/patient-client.ts';
import { createDecoder } from '../../src/avro/decoder.ts';
import { EVENT_TYPE } from '../../src/avro/schema.ts';
import { Secret } from '../../src/config/secret.ts';
import { InlinePageEncoder } from '../../src/encode/page-encoder.ts';
import { forever } from '../../src/stream/follow.ts';
import { type Outcome, runStream } from '../../src/stream/stream.ts';
import {
  runWorkspaceSession,
  type WorkspacePorts,
  type WorkspaceStream,
} from '../../src/workspace-session.ts';
import { Dice } from './dice.ts';
import { SimulatedProcess } from './process.ts';
import { type RunWorkspace, runAsReplica } from './replica.ts';
import { CONNECTOR_NAME, topicOptions } from './topics.ts';
import { watchStream } from './watch.ts';
import type { World } from './world.ts';

const TOKEN = 'simulator-token';
const SCHEMA_ID = 7;
const decode = createDecoder(async () => EVENT_TYPE);

export interface Instance {
  readonly process: SimulatedProcess;
  /** Its end by itself: by SIGTERM, or because no stream can go on. Never after a kill. */
  readonly ended: Promise<readonly Outcome[]>;
  /** The workspaces that it runs now. */
  readonly running: ReadonlySet<string>;
  /** SIGTERM. */
  terminate(): void;
}

export function startInstance(world: World, name: string, wallOffsetMs: number, purpose: number): Instance {
  const { plan, time, trace } = world;
  const process = new SimulatedProcess(name, time, wallOffsetMs, trace);
  const dice = new Dice(plan.seed, purpose);
  const stop = new AbortController();
  const failed = new AbortController();
  const signal = AbortSignal.any([stop.signal, failed.signal]);
  const runWorkspace = createStreams(world, process, dice);
  const running = new Set<string>();
  const run: RunWorkspace = async (workspaceGid, stillOurs, limited) => {
    running.add(workspaceGid);
    const outcome = await runWorkspace(workspaceGid, stillOurs, limited);
    running.delete(workspaceGid);
    if (outcome.ended === 'failed' && outcome.error.disposition === 'exit') failed.abort(outcome.error);
    return outcome;
  };
  const ended = plan.replicas
    ? runAsReplica({ world, process, dice, replicas: plan.replicas, run }, signal)
    : Promise.all(plan.workspaces.map((workspaceGid) => run(workspaceGid, async () => {}, signal)));
  return {
    process,
    ended,
    running,
    terminate: () => process.deliver(() => stop.abort(new Error('SIGTERM'))),
  };
}

function createStreams(world: World, process: SimulatedProcess, dice: Dice): RunWorkspace {
  const { plan, time, asana, history } = world;
  const { name } = process;
  const kafka = world.connect(process, dice);
  const budget = new TokenBudget(plan.requestsPerMinute, process, () =>
    world.coverage.reach('waits for its budget'),
  );
  const get = asana.httpGet(process, () => history.addRequest(name, plan.requestsPerMinute, time.nowMs));
  const encoder = new InlinePageEncoder();
  let sessions = 0;
  return (workspaceGid, stillOurs, signal) => {
    const { observer, asanaObserver, counting } = watchStream(world, name, workspaceGid);
    const client = new AuditLogClient(
      asana.baseUrl,
      workspaceGid,
      { value: new Secret(TOKEN) },
      {
        get,
        clock: process,
        random: dice.random,
        budget,
        observer: asanaObserver,
        decodePage: (body, limited) => encoder.encode(body, workspaceGid, limited),
        hidesFields: false,
      },
    );
    const stream: WorkspaceStream = {
      connectorName: CONNECTOR_NAME,
      workspaceGid,
      scope: { filters: {}, startAtMs: undefined, endAtMs: undefined },
      pollIntervalMs: plan.pollIntervalMs,
      readAhead: { requestsPerMinute: plan.requestsPerMinute, maxHeldBytes: plan.maxHeldBytes },
      topics: topicOptions(plan),
      transactionTimeoutMs: plan.transactionTimeoutMs,
      sweeps: plan.sweeps,
    };
    const ports: WorkspacePorts = {
      asana: new PatientClient(counting(client), plan.skipRefusedAfterMs, {
        clock: process,
        random: dice.random,
        onRefused: observer.refused,
      }),
      kafka,
      decode,
      schemaId: () => process.call('look up the schema', () => world.lookUpSchema(process, SCHEMA_ID)),
      clock: process,
      newSessionId: () => `${name}.${++sessions}`,
      observer,
      until: forever,
    };
    return runStream(
      (limited) => runWorkspaceSession(stream, ports, limited),
      {
        clock: process,
        random: dice.random,
        observer,
        connectorName: CONNECTOR_NAME,
        stillOurs,
        wellAfterMs: 60_000 + 2 * plan.pollIntervalMs,
      },
      signal,
    );
  };
}
