import { Agent } from 'undici';
import { type RequestBudget, TokenBudget } from './asana/budget.ts';
import { type AsanaObserver, AuditLogClient } from './asana/client.ts';
import { httpGet } from './asana/http.ts';
import type { DecodePage, PageEvent } from './asana/page.ts';
import type { Filters } from './asana/query.ts';
import type { SchemaRequest } from './avro/registry.ts';
import type { RegistryConnection } from './avro/registry-call.ts';
import { EVENT_SCHEMA } from './avro/schema.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/load.ts';
import { kafkaSecurity, registrySecurity } from './config/security.ts';
import { KafkajsClient } from './kafka/kafkajs-client.ts';
import type { TopicOptions } from './kafka/topics.ts';
import type { Log } from './log.ts';
import { type Hiding, hidesFields } from './privacy/hiding.ts';
import { hidingOf } from './privacy/privacy.ts';
import type { Scope } from './stream/chain.ts';
import { followTlsFiles } from './tls/connection-options.ts';

/** What the configuration leads to: the clients of a process, and how each room wants its part of it. */
export interface Clients<E extends PageEvent> {
  /** By workspace gid. */
  readonly asana: ReadonlyMap<string, AuditLogClient<E>>;
  /** Of each distinct token source, in the order of the workspaces; and the workspaces that use it. */
  readonly budgets: ReadonlyMap<TokenBudget, ReadonlySet<string>>;
  readonly kafka: KafkajsClient;
  close(): Promise<void>;
}

export interface ClientPorts<E extends PageEvent> {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** What the pages of a workspace are made into. */
  readonly decoderOf: (workspaceGid: string, hiding: Hiding) => DecodePage<E>;
  readonly onBudgetWait: (waitMs: number) => void;
  readonly watchRequests: (workspaceGid: string) => AsanaObserver;
  /** The budget as the workspace is to use it. */
  readonly watchBudget?: (workspaceGid: string, budget: TokenBudget) => RequestBudget;
}

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const REGISTRY_TIMEOUT_MS = 10_000;

/** Throws CONFIG_INVALID where the key of FIELDS_HASH cannot be read. */
export function createClients<E extends PageEvent>(config: Config, ports: ClientPorts<E>): Clients<E> {
  const { clock, random, log } = ports;
  const dispatcher = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS } });
  const { tls, sasl } = kafkaSecurity(config);
  const kafka = new KafkajsClient(
    {
      brokers: config.KAFKA_BROKERS,
      clientId: config.CONNECTOR_NAME,
      transactionTimeoutMs: config.KAFKA_TRANSACTION_TIMEOUT,
      compression: config.KAFKA_COMPRESSION,
      tls: tls && followTlsFiles(tls, 'KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE, KAFKA_TLS_KEY_FILE'),
      sasl,
    },
    log,
    clock,
    random,
  );
  const { clients, budgets } = createAsanaClients(config, dispatcher, ports);
  return {
    asana: clients,
    budgets,
    kafka,
    close: async () => {
      // Not close(): that waits for requests that are still connecting.
      await Promise.allSettled([kafka.close(), dispatcher.destroy()]);
    },
  };
}

/** One client a workspace; those that share a token share its budget. */
function createAsanaClients<E extends PageEvent>(
  config: Config,
  dispatcher: Agent,
  ports: ClientPorts<E>,
): { clients: Map<string, AuditLogClient<E>>; budgets: Map<TokenBudget, Set<string>> } {
  const { clock, random } = ports;
  const limits = { deadlineMs: config.ASANA_REQUEST_TIMEOUT, maxBodyBytes: MAX_BODY_BYTES };
  const get = httpGet(dispatcher, limits, clock);
  const hiding = hidingOf(config);
  const byToken = new Map<string, TokenBudget>();
  const budgets = new Map<TokenBudget, Set<string>>();
  const clients = new Map<string, AuditLogClient<E>>();
  for (const [workspaceGid, source] of config.tokens) {
    const token = 'file' in source ? source.file : '';
    const budget =
      byToken.get(token) ?? new TokenBudget(config.ASANA_REQUESTS_PER_MINUTE, clock, ports.onBudgetWait);
    byToken.set(token, budget);
    budgets.set(budget, (budgets.get(budget) ?? new Set()).add(workspaceGid));
    const asanaPorts = {
      get,
      clock,
      random,
      decodePage: ports.decoderOf(workspaceGid, hiding),
      hidesFields: hidesFields(hiding),
      budget: ports.watchBudget?.(workspaceGid, budget) ?? budget,
      observer: ports.watchRequests(workspaceGid),
    };
    clients.set(workspaceGid, new AuditLogClient(config.ASANA_BASE_URL, workspaceGid, source, asanaPorts));
  }
  return { clients, budgets };
}

export function registryConnection(config: Config, clock: Clock): RegistryConnection {
  const { tls, login } = registrySecurity(config);
  return {
    url: config.SCHEMA_REGISTRY_URL.href,
    timeoutMs: REGISTRY_TIMEOUT_MS,
    clock,
    ...(config.SCHEMA_REGISTRY_URL.protocol === 'https:' && {
      tls: followTlsFiles(tls, 'SCHEMA_REGISTRY_CA_FILE'),
    }),
    login,
  };
}

export const schemaRequest = (config: Config, clock: Clock): SchemaRequest => ({
  ...registryConnection(config, clock),
  subject: `${config.EVENTS_TOPIC}-value`,
  schema: EVENT_SCHEMA,
  autoRegister: config.AUTO_REGISTER_SCHEMAS,
});

const filtersOf = (config: Config): Filters => ({
  eventType: config.ASANA_EVENT_TYPE,
  actorType: config.ASANA_ACTOR_TYPE,
  actorGid: config.ASANA_ACTOR_GID,
  resourceGid: config.ASANA_RESOURCE_GID,
});

export const scopeOf = (config: Config): Scope => ({
  filters: filtersOf(config),
  startAtMs: config.START_AT,
  endAtMs: config.END_AT,
});

export const topicOptions = (config: Config): TopicOptions => ({
  eventsTopic: config.EVENTS_TOPIC,
  stateTopic: config.STATE_TOPIC,
  eventsPartitions: config.EVENTS_TOPIC_PARTITIONS,
  statePartitions: config.STATE_TOPIC_PARTITIONS,
  replicationFactor: config.TOPIC_REPLICATION_FACTOR,
  eventsRetentionMs: config.EVENTS_TOPIC_RETENTION,
  allowShortRetention: config.ALLOW_SHORT_RETENTION,
});
