import type { Option } from './option.ts';
import {
  KAFKA_SECURITY_OPTIONS,
  REGISTRY_SECURITY_OPTIONS,
  SECRET_FILE_OPTIONS,
} from './security-options.ts';

/** Every environment variable that the connector reads: the loader and docs/configuration.md are made from this table. */
export const OPTIONS = {
  ASANA_TOKEN_FILE: {
    kind: 'path',
    section: 'Asana',
    help: 'File with the service account token. Read again after a 401, so that a rotated token is taken up without a restart. `ASANA_TOKEN_FILE_<workspace gid>` overrides it for one workspace.',
  },
  ASANA_TOKEN: {
    kind: 'secret',
    section: 'Asana',
    help: 'The token itself, where a file is not to be had. One of `ASANA_TOKEN_FILE` and `ASANA_TOKEN` is required.',
  },
  ASANA_WORKSPACES: {
    kind: 'gids',
    required: true,
    section: 'Asana',
    help: 'Gids of the workspaces (organizations) to follow, comma-separated. Each is a stream of its own.',
  },
  ASANA_BASE_URL: {
    kind: 'url',
    default: 'https://app.asana.com/api/1.0',
    section: 'Asana',
    help: 'Where the API is. Plain http only to loopback, unless `ASANA_ALLOW_PLAIN_HTTP` says otherwise.',
  },
  ASANA_ALLOW_PLAIN_HTTP: {
    kind: 'boolean',
    default: 'false',
    section: 'Asana',
    help: 'Allow plain http to another host: the token is then readable on the way.',
  },
  ASANA_REQUESTS_PER_MINUTE: {
    kind: 'count',
    default: '1200',
    section: 'Asana',
    help: 'Request budget of each token, never exceeded in any rolling minute; Asana allows 1,500. `0` = unlimited. A token is known by the path of its file, and shared by the replicas of one `CONNECTOR_NAME`; another path, another connector, or a command such as `verify` has a budget of its own: together they may exceed what Asana allows.',
  },
  ASANA_REQUEST_TIMEOUT: {
    kind: 'duration',
    default: '60s',
    section: 'Asana',
    help: 'Deadline of one request, from connect to the last byte.',
  },
  POLL_INTERVAL: {
    kind: 'duration',
    default: '10s',
    section: 'Asana',
    help: 'The longest wait after a page that was not full; while pages bring events, down to an eighth of it. After a full page the next is asked for at once.',
  },
  SWEEP_INTERVAL: {
    kind: 'duration',
    default: '15m',
    section: 'Asana',
    help: 'How often the recent past is read again for events that became visible late. It costs as many requests as the events of `SWEEP_LOOKBACK` plus `SWEEP_INTERVAL` have pages, and one. `0s` = off.',
  },
  SWEEP_LOOKBACK: {
    kind: 'duration',
    default: '45m',
    section: 'Asana',
    help: 'An event that becomes visible up to so long after its `created_at` is still published.',
  },
  SKIP_REFUSED_AFTER: {
    kind: 'duration',
    default: '24h',
    section: 'Asana',
    help: 'A time that Asana has refused for so long (500, 400, an unreadable answer), while it answers for others, is skipped with a gap record. `0s` = never: it is asked for until it is answered, and a 400 stops the stream.',
  },
  ASANA_EVENT_TYPE: {
    kind: 'text',
    section: 'What is read',
    help: 'Only events of this type, for example `user_login_failed`.',
  },
  ASANA_ACTOR_TYPE: {
    kind: 'actor-type',
    section: 'What is read',
    help: 'Only events of actors of this type. Not together with `ASANA_ACTOR_GID`, which Asana does not allow.',
  },
  ASANA_ACTOR_GID: { kind: 'gid', section: 'What is read', help: 'Only events of this actor.' },
  ASANA_RESOURCE_GID: { kind: 'gid', section: 'What is read', help: 'Only events about this resource.' },
  START_AT: {
    kind: 'time',
    section: 'What is read',
    help: 'Where a stream without a cursor starts (inclusive); without it, at the oldest event that Asana still has. `run` refuses one in the future. Once there is a cursor, it is not used.',
  },
  END_AT: {
    kind: 'time',
    section: 'What is read',
    help: 'Where the run ends (exclusive), with exit code 0.',
  },
  FIELDS_DROP: {
    kind: 'fields',
    section: 'Privacy',
    help: 'Fields that are left out before anything is written, by their paths in an event of Asana, for example `details.saml_response`. [privacy.md](privacy.md) says what follows from it.',
  },
  FIELDS_HASH: {
    kind: 'fields',
    section: 'Privacy',
    help: 'Fields of which only a keyed hash is written, `hmac-sha256:…`, for example `actor.email,context.client_ip_address`.',
  },
  FIELDS_HASH_KEY_FILE: {
    kind: 'path',
    section: 'Privacy',
    help: 'File with the key of `FIELDS_HASH`, one line of at least 32 characters. Another key gives other hashes.',
  },
  FIELDS_HASH_KEY: {
    kind: 'secret',
    section: 'Privacy',
    help: 'The key itself, where a file is not to be had. One of the two is required with `FIELDS_HASH`.',
  },
  KAFKA_BROKERS: {
    kind: 'brokers',
    required: true,
    section: 'Kafka',
    help: 'Bootstrap brokers, `host:port`, comma-separated.',
  },
  EVENTS_TOPIC: {
    kind: 'topic',
    default: 'asana.audit-log-events',
    section: 'Kafka',
    help: 'Topic of the events. Dead letters go to `<events topic>.dead-letters`.',
  },
  STATE_TOPIC: {
    kind: 'topic',
    default: 'asana.audit-log-state',
    section: 'Kafka',
    help: 'Compacted topic of the cursors.',
  },
  CONNECTOR_NAME: {
    kind: 'topic',
    default: 'asana-audit',
    section: 'Kafka',
    help: 'Prefix of transactional ids, part of the keys in the state topic, and in distributed mode the consumer group. One connector a name.',
  },
  MODE: {
    kind: 'mode',
    default: 'standalone',
    section: 'Kafka',
    help: '`standalone`: one process runs all streams, and one that is started beside it takes over. `distributed`: all processes with the same `CONNECTOR_NAME` share them, as the consumer group of that name ([handover.md](handover.md)).',
  },
  GROUP_SESSION_TIMEOUT: {
    kind: 'duration',
    default: '10s',
    section: 'Kafka',
    help: "In distributed mode: a replica that was not heard for so long is replaced. From the brokers' `group.min.session.timeout.ms` (6 s unless it was changed) to their `group.max.session.timeout.ms`.",
  },
  EVENTS_TOPIC_PARTITIONS: {
    kind: 'count',
    default: '6',
    section: 'Kafka',
    help: 'Partitions of the events topic, where it is created.',
  },
  STATE_TOPIC_PARTITIONS: {
    kind: 'count',
    default: '12',
    section: 'Kafka',
    help: 'Partitions of the state topic, where it is created. They can never be changed afterwards.',
  },
  TOPIC_REPLICATION_FACTOR: {
    kind: 'replication-factor',
    default: '-1',
    section: 'Kafka',
    help: 'Replicas of topics that are created; `-1` = the default of the brokers. Use 3 in production.',
  },
  EVENTS_TOPIC_RETENTION: {
    kind: 'retention',
    default: 'unlimited',
    section: 'Kafka',
    help: '`retention.ms` of the events topic, where it is created: `unlimited` or a duration. Records carry the time of their event, so 7 days would delete a backlog at once: less than 90 days takes `ALLOW_SHORT_RETENTION`.',
  },
  ALLOW_SHORT_RETENTION: {
    kind: 'boolean',
    default: 'false',
    section: 'Kafka',
    help: 'Accept an events or dead letters topic that keeps records for less than the 90 days that Asana does, or deletes by size.',
  },
  KAFKA_COMPRESSION: {
    kind: 'compression',
    default: 'none',
    section: 'Kafka',
    help: '`none`, `gzip` or `zstd`.',
  },
  KAFKA_TRANSACTION_TIMEOUT: {
    kind: 'duration',
    default: '60s',
    section: 'Kafka',
    help: "After so long the broker aborts an open transaction of a dead connector; at most the broker's `transaction.max.timeout.ms`.",
  },
  ...KAFKA_SECURITY_OPTIONS,
  SCHEMA_REGISTRY_URL: {
    kind: 'url',
    required: true,
    section: 'Schema registry',
    help: "Anything that speaks Confluent's API, path prefix included.",
  },
  AUTO_REGISTER_SCHEMAS: {
    kind: 'boolean',
    default: 'true',
    section: 'Schema registry',
    help: 'Register the schema as `<events topic>-value`; `false` = only look it up.',
  },
  ...REGISTRY_SECURITY_OPTIONS,
  HTTP_HOST: {
    kind: 'text',
    default: '127.0.0.1',
    section: 'Process',
    help: 'Where the status page, `/status.json`, `/metrics`, `/livez` and `/readyz` listen.',
  },
  HTTP_PORT: { kind: 'port', default: '9464', section: 'Process', help: '`0` = any free port.' },
  LOG_LEVEL: {
    kind: 'log-level',
    default: 'info',
    section: 'Process',
    help: '`debug`, `info`, `warn` or `error`.',
  },
  ...SECRET_FILE_OPTIONS,
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

/** `ASANA_TOKEN_FILE_<workspace gid>`: the one family of variables that the table cannot list. */
export const TOKEN_FILE_PREFIX = 'ASANA_TOKEN_FILE_';
