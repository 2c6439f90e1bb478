import type { Disposition } from './disposition.ts';

export interface ErrorDefinition {
  readonly disposition: Disposition;
  /** What brings it about. */
  readonly cause: string;
  /** What an operator does about it, while the connector runs. */
  readonly nextStep: string;
  /** The same where it has ended a command: nothing goes on there by itself. Absent where there is no difference. */
  readonly commandNextStep?: string;
}

/** What heals by being tried again, which a command that has ended does not do. */
const triedAgain = (ifItStays: string, tried = 'it is tried again') => ({
  nextStep: `${tried}; if it stays, ${ifItStays}`,
  commandNextStep: `${ifItStays}; then repeat the command`,
});

/** The closed list of everything that can go wrong; docs/errors.md is made from it. */
export const ERRORS = {
  CONFIG_INVALID: {
    disposition: 'exit',
    cause:
      'variables are missing, contradict each other or cannot be read as what they are; at the start, a token file is missing, unreadable, empty, or has more than one line; or nothing can listen at HTTP_HOST:HTTP_PORT',
    nextStep: 'correct the variables that the message names; docs/configuration.md has them all',
  },
  ASANA_UNREACHABLE: {
    disposition: 'retry-request',
    cause:
      'no answer came: name resolution, connection or TLS failed, or it took longer than ASANA_REQUEST_TIMEOUT',
    ...triedAgain('check ASANA_BASE_URL, DNS and the firewall (no HTTP proxy is used)'),
  },
  ASANA_SERVER_ERROR: {
    disposition: 'retry-request',
    cause:
      "Asana, or a proxy before it, answered 408 or 5xx, or a 402, 403 or 404 whose body is none of Asana's errors",
    ...triedAgain('look at status.asana.com, and check ASANA_BASE_URL and the proxies before it'),
  },
  ASANA_ANSWER_INVALID: {
    disposition: 'retry-request',
    cause: 'an answer of status 200 was cut off, too large, not JSON, or not what this endpoint answers',
    ...triedAgain('check that ASANA_BASE_URL is Asana and no proxy rewrites it'),
  },
  ASANA_RATE_LIMITED: {
    disposition: 'retry-request',
    cause: 'Asana answered 429: the token has used up its requests',
    ...triedAgain(
      'lower ASANA_REQUESTS_PER_MINUTE: something else uses the same token',
      'it is tried again once Asana allows',
    ),
  },
  ASANA_OFFSET_REFUSED: {
    disposition: 'catch-up',
    cause: 'Asana answered 400 to an offset that it gave out before: it has expired',
    nextStep: 'nothing: the stream catches up from its watermark',
  },
  ASANA_REFUSED_FOR_GOOD: {
    disposition: 'step-over',
    cause: 'Asana has refused one question for SKIP_REFUSED_AFTER, and answers others',
    nextStep: 'nothing: the refused piece is stepped over, with a gap record',
    commandNextStep:
      'leave that time out with --from and --to; or let the connector record it as a gap, once SKIP_REFUSED_AFTER has passed, and repeat the command',
  },
  ASANA_UNAUTHORIZED: {
    disposition: 'halt-stream',
    cause: 'Asana answered 401, or the token file is missing, unreadable, empty, or has more than one line',
    nextStep:
      'put a valid service account token into ASANA_TOKEN_FILE, ASANA_TOKEN_FILE_<workspace gid> or ASANA_TOKEN, whichever is set, and start again',
  },
  ASANA_FORBIDDEN: {
    disposition: 'halt-stream',
    cause:
      'Asana answered 402 or 403, with an error of its own: the plan has no audit log, or the token is not of a service account that may read it',
    nextStep: 'use the token of a service account of an Enterprise+ organization, with audit log scope',
  },
  ASANA_WORKSPACE_UNKNOWN: {
    disposition: 'halt-stream',
    cause:
      'Asana answered 404, with an error of its own: the token does not belong to a workspace with this gid, or the path of the URL is wrong',
    nextStep:
      'correct ASANA_WORKSPACES (gids of workspaces that the service account belongs to), or the path of ASANA_BASE_URL',
  },
  ASANA_REQUEST_REFUSED: {
    disposition: 'halt-stream',
    cause:
      'Asana refused the request as such: a 400 without an offset, another 4xx, or a redirect, which is never followed',
    nextStep: 'check the filters, START_AT, END_AT and ASANA_BASE_URL',
  },
  ASANA_NO_PROGRESS: {
    disposition: 'halt-stream',
    cause: 'the answers have no next_page although more events share one millisecond than fit on a page',
    nextStep:
      'ask Asana why its answers have no next_page; without one, nobody can read past that millisecond',
  },
  KAFKA_UNAVAILABLE: {
    disposition: 'new-session',
    cause:
      'no broker answers, too few replicas are in sync, or what was written cannot be read within the transaction timeout',
    ...triedAgain(
      'check KAFKA_BROKERS, the brokers, and that KAFKA_TLS and KAFKA_SASL_MECHANISM are as the listener is',
    ),
  },
  KAFKA_OUTCOME_UNKNOWN: {
    disposition: 'new-session',
    cause: 'the connection broke after a commit was sent and before it was acknowledged',
    nextStep: 'nothing: the next session reads from the state topic whether it was committed',
    commandNextStep:
      'look with asana-audit-kafka offsets get whether it was done; if it was not, repeat the command',
  },
  KAFKA_FENCED: {
    disposition: 'new-session',
    cause: 'somebody else has begun to write with the same transactional id',
    nextStep: 'nothing, unless another instance runs with the same CONNECTOR_NAME: stop one of them',
    commandNextStep: 'stop the connector that runs with the same CONNECTOR_NAME; then repeat the command',
  },
  KAFKA_TRANSACTION_TIMEOUT: {
    disposition: 'new-session',
    cause: 'a transaction took longer than KAFKA_TRANSACTION_TIMEOUT, and Kafka aborted it',
    ...triedAgain('see why the brokers or this process are so slow, or raise KAFKA_TRANSACTION_TIMEOUT'),
  },
  KAFKA_TRANSACTION_HANGS: {
    disposition: 'refuse-command',
    cause:
      'a transaction, of whatever producer, has been open for longer than Kafka lets any be by default: what was committed behind it cannot be read',
    nextStep:
      'look for it with kafka-transactions.sh find-hanging, and end it with kafka-transactions.sh abort; then repeat the command',
  },
  KAFKA_SEND_UNCONFIRMED: {
    disposition: 'new-session',
    cause: 'Kafka acknowledged less than was sent',
    nextStep: 'nothing: the transaction is not committed and the page is sent again',
    commandNextStep: 'repeat the command: nothing was committed',
  },
  KAFKA_RECORD_REFUSED: {
    disposition: 'dead-letter',
    cause:
      'Kafka refuses one record: it is larger than the topic allows, or its timestamp is too far in the future',
    nextStep:
      'asana-audit-kafka tail --dead-letters --from-beginning --until-end prints the reason; max.message.bytes of the events topic can be raised',
  },
  KAFKA_UNAUTHORIZED: {
    disposition: 'exit',
    cause: 'the broker refuses an operation to this client',
    nextStep: 'give the connector the ACL that the message names; docs/kafka-security.md has them all',
  },
  KAFKA_LOGIN_REFUSED: {
    disposition: 'exit',
    cause:
      'the broker refuses user name and password, or knows no such mechanism, or the password cannot be read',
    nextStep:
      'correct KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD_FILE, or the user at the brokers',
  },
  KAFKA_LOGIN_CHANGED: {
    disposition: 'new-session',
    cause: 'the broker refuses a login that it has accepted before',
    nextStep:
      'put the new password into KAFKA_SASL_PASSWORD_FILE: it is read again at every connection, without a restart',
    commandNextStep: 'put the new password into KAFKA_SASL_PASSWORD_FILE; then repeat the command',
  },
  KAFKA_TLS_FAILED: {
    disposition: 'new-session',
    cause:
      'there is no TLS with a broker: one side refuses the certificate of the other, or one does not speak TLS',
    nextStep:
      'it is tried again; do what the message says about the certificate, KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE or KAFKA_BROKERS',
    commandNextStep:
      'do what the message says about the certificate, KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE or KAFKA_BROKERS; then repeat the command',
  },
  KAFKA_SETTINGS_REFUSED: {
    disposition: 'exit',
    cause:
      'the broker does not allow a setting: more replicas than brokers, a transaction timeout above its own, a compression that it does not know',
    nextStep:
      'correct TOPIC_REPLICATION_FACTOR, the partitions, KAFKA_TRANSACTION_TIMEOUT or KAFKA_COMPRESSION, as the message says',
  },
  GROUP_UNREADABLE: {
    disposition: 'exit',
    cause:
      'in the consumer group of CONNECTOR_NAME there is something else than replicas of this connector, or a version of it that this one cannot read',
    nextStep:
      'give the other consumer another group.id, or this connector another CONNECTOR_NAME and EVENTS_TOPIC; end replicas of another version',
  },
  DEAD_LETTER_REFUSED: {
    disposition: 'halt-stream',
    cause: 'Kafka refuses a dead letter, which has nowhere else to go',
    nextStep:
      'raise max.message.bytes of the dead letters topic; where it is the timestamp that is refused, set the clock of this machine',
  },
  STATE_REFUSED: {
    disposition: 'halt-stream',
    cause: 'Kafka refuses the record of the cursor, without which nothing may be committed',
    nextStep:
      'raise max.message.bytes of the state topic; where it is the timestamp that is refused, set the clock of this machine',
  },
  ANOTHER_INSTANCE: {
    disposition: 'exit',
    cause: 'the stream was fenced twice in a row: another process keeps writing with the same CONNECTOR_NAME',
    nextStep:
      'see which instance still runs: of two that fence each other, either may be the one that ended. If the wrong one still runs, stop it and start this one again; to run both, give one a CONNECTOR_NAME and an EVENTS_TOPIC of its own',
  },
  NO_POSITION: {
    disposition: 'refuse-command',
    cause: 'a stream that has not started, or was reset, was to be moved or verified',
    nextStep: 'start the connector: START_AT says where a stream without a position begins',
  },
  STREAM_RUNNING: {
    disposition: 'refuse-command',
    cause: 'a connector answers, or writes, for the stream that was to be moved',
    nextStep: 'stop the connector (SIGTERM), then repeat the command',
  },
  TOPIC_MISSING: {
    disposition: 'refuse-command',
    cause: 'a topic that was to be read does not exist',
    nextStep: 'start the connector, which creates it, or correct EVENTS_TOPIC',
  },
  TOPIC_UNFIT: {
    disposition: 'exit',
    cause:
      'a topic that exists has settings that would break the promise: it would forget events or state, or lacks partitions',
    nextStep: 'change the topic as the message says',
  },
  ALREADY_PUBLISHED: {
    disposition: 'halt-stream',
    cause:
      'there is no state for the stream, but the events topic has its events: starting would publish them a second time',
    nextStep:
      'set STATE_TOPIC and CONNECTOR_NAME back, give the connector an EVENTS_TOPIC of its own, or begin anew with asana-audit-kafka offsets reset (publishes twice what is there already)',
  },
  TOPIC_LOST: {
    disposition: 'halt-stream',
    cause:
      'the state says that events were committed to a topic which is gone, was made anew, or was cut off',
    nextStep:
      'restore the topic, or read again all that Asana still has: asana-audit-kafka offsets reset, or another EVENTS_TOPIC and CONNECTOR_NAME',
  },
  EVENTS_TOPIC_CHANGED: {
    disposition: 'halt-stream',
    cause: 'EVENTS_TOPIC is another than the one that the state belongs to',
    nextStep:
      'set EVENTS_TOPIC back, or set another CONNECTOR_NAME too, to read again all that Asana still has',
  },
  STATE_UNREADABLE: {
    disposition: 'halt-stream',
    cause: 'the record of the cursor is damaged or deleted',
    nextStep:
      'restore the record, or begin anew with asana-audit-kafka offsets reset (publishes twice what is there already)',
  },
  STATE_TOO_NEW: {
    disposition: 'halt-stream',
    cause:
      'a newer version of the connector has run here, and its state says what this one does not understand',
    nextStep:
      'run the version of asana-audit-kafka that wrote the record, or a later one: nothing is lost or changed (docs/upgrading.md)',
  },
  STATE_MISPLACED: {
    disposition: 'halt-stream',
    cause:
      'the cursor is in another partition of the state topic than it belongs to: the topic has more partitions than it had',
    nextStep: 'copy the state to a topic with the former partition count, and set STATE_TOPIC to that',
  },
  SCHEMA_REGISTRY_UNAVAILABLE: {
    disposition: 'new-session',
    cause: 'the schema registry does not answer, or answers 5xx',
    ...triedAgain('check SCHEMA_REGISTRY_URL and the registry'),
  },
  SCHEMA_REGISTRY_REFUSED: {
    disposition: 'exit',
    cause: 'the schema registry refuses the request, or what answers is none',
    nextStep: 'check SCHEMA_REGISTRY_URL and what the registry allows this client',
  },
  SCHEMA_INCOMPATIBLE: {
    disposition: 'exit',
    cause: 'the subject has a schema that ours cannot follow by the rule that it has',
    nextStep: 'use another EVENTS_TOPIC, or loosen the compatibility of the subject',
  },
  SCHEMA_NOT_REGISTERED: {
    disposition: 'exit',
    cause: 'AUTO_REGISTER_SCHEMAS is false and the subject does not have our schema',
    nextStep: 'register schemas/asana-audit-log-event.avsc, or set AUTO_REGISTER_SCHEMAS=true',
  },
  ENCODER_ENDED: {
    disposition: 'new-session',
    cause: 'the thread that makes records of pages has ended, most likely for want of memory',
    ...triedAgain('give the process more memory, and report it with the log'),
  },
  INTERNAL: {
    disposition: 'exit',
    cause: 'something that nobody foresaw',
    nextStep: 'report it with the log: this is a defect of the connector',
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];
