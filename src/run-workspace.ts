import type { PageSource } from './asana/client.ts';
import { PatientClient } from './asana/patient-client.ts';
import { createDecoder } from './avro/decoder.ts';
import { resolveSchemaId, writerTypeFetcher } from './avro/registry.ts';
import { schemaRequest, scopeOf, topicOptions } from './clients.ts';
import type { Config } from './config/load.ts';
import type { ConnectorPorts } from './connector-ports.ts';
import type { EncodedEvent } from './encode/encoded-event.ts';
import type { KafkaClient } from './kafka/client.ts';
import { bothStreamObservers } from './observe/fan-out.ts';
import type { Metrics } from './observe/metrics.ts';
import type { Status } from './observe/status/status.ts';
import { watchStream } from './observe/stream-watch.ts';
import type { Until } from './stream/follow.ts';
import { type Outcome, runStream, type StreamPorts } from './stream/stream.ts';
import { runWorkspaceSession } from './workspace-session.ts';

/** What the streams of a process have in common. */
export interface SharedParts {
  readonly config: Config;
  readonly ports: ConnectorPorts;
  readonly metrics: Metrics;
  readonly status: Status;
  /** By workspace gid. */
  readonly asana: ReadonlyMap<string, PageSource<EncodedEvent>>;
  readonly kafka: KafkaClient;
}

/** How one of them is run. */
export interface StreamTerms extends Pick<StreamPorts, 'stillOurs'> {
  readonly until: Until;
}

/** For all streams that catch up; records take about as much as the JSON that they come from. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** One workspace as a stream, to its end, or until `signal` aborts. */
export function runWorkspace(
  workspaceGid: string,
  { config, ports, metrics, status, asana, kafka }: SharedParts,
  { until, stillOurs }: StreamTerms,
  signal: AbortSignal,
): Promise<Outcome> {
  const { clock, random, newId: newSessionId } = ports;
  const observer = bothStreamObservers(
    watchStream(workspaceGid, metrics, ports.log, clock),
    status.observerOf(workspaceGid),
  );
  const connectorName = config.CONNECTOR_NAME;
  const pollIntervalMs = config.POLL_INTERVAL;
  const stream = {
    connectorName,
    workspaceGid,
    scope: scopeOf(config),
    pollIntervalMs,
    readAhead: {
      requestsPerMinute: config.ASANA_REQUESTS_PER_MINUTE,
      maxHeldBytes: MAX_HELD_BYTES / config.tokens.size,
    },
    topics: topicOptions(config),
    transactionTimeoutMs: config.KAFKA_TRANSACTION_TIMEOUT,
    sweeps: { lookbackMs: config.SWEEP_LOOKBACK, intervalMs: config.SWEEP_INTERVAL },
  };
  const request = schemaRequest(config, clock);
  const schemaId = (limited: AbortSignal) => resolveSchemaId(request, limited);
  const decode = createDecoder(writerTypeFetcher(request, signal));
  const client = asana.get(workspaceGid);
  if (client === undefined) throw new RangeError(`${workspaceGid} is not one of the workspaces`);
  const patient = new PatientClient(client, config.SKIP_REFUSED_AFTER, {
    clock,
    random,
    onRefused: observer.refused,
  });
  const workspacePorts = { asana: patient, kafka, schemaId, decode, clock, newSessionId, observer, until };
  return runStream(
    (limited) => runWorkspaceSession(stream, workspacePorts, limited),
    { clock, random, observer, connectorName, stillOurs, wellAfterMs: 60_000 + 2 * pollIntervalMs },
    signal,
  );
}
