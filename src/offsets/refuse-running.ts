import type { Clock } from '../clock.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { stateKeys, statePartition } from '../kafka/state-keys.ts';
import type { StreamName } from '../kafka/state-location.ts';
import { streamRunning } from './apply.ts';
import { askConnector, isAtWork, isWritten } from './running.ts';

export interface RunningPorts {
  readonly kafka: KafkaClient;
  readonly clock: Clock;
  /** Where a connector with this configuration answers. */
  readonly http: { readonly host: string; readonly port: number };
  /** How long the state is watched; undefined: not at all. */
  readonly watchMs: number | undefined;
}

/** Throws STREAM_RUNNING where a connector that runs one of the streams can be seen. Touches nothing. */
export async function refuseRunning(
  streams: readonly StreamName[],
  ports: RunningPorts,
  signal: AbortSignal,
): Promise<void> {
  const { host, port } = ports.http;
  const states = await askConnector(ports.http, signal);
  for (const { workspaceGid } of streams) {
    const state = states?.get(workspaceGid);
    if (isAtWork(state))
      throw streamRunning(
        workspaceGid,
        `the one at HTTP_HOST:HTTP_PORT, ${host}:${port}, says that it is ${state}`,
      );
  }
  const { watchMs } = ports;
  if (watchMs !== undefined)
    await Promise.all(streams.map((stream) => refuseWritten(stream, watchMs, ports, signal)));
}

async function refuseWritten(
  { connectorName, workspaceGid, topics }: StreamName,
  watchMs: number,
  { kafka, clock }: RunningPorts,
  signal: AbortSignal,
): Promise<void> {
  const topic = await kafka.describeTopic(topics.stateTopic);
  if (topic === undefined) return;
  const watched = {
    topic: topics.stateTopic,
    partition: statePartition(connectorName, workspaceGid, topic.partitions),
    keys: stateKeys(connectorName, workspaceGid),
  };
  if (await isWritten(kafka, watched, watchMs, clock, signal))
    throw streamRunning(workspaceGid, `its state in ${watched.topic} is being written`);
}
