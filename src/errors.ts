/** What the stream loop does about an error; the loop switches on this and on nothing else. */
export type Disposition =
  /** The same request again, after a wait: only the Asana client sees these, unless a deadline or an abort ends the wait. */
  | 'retry-request'
  /** Give up the offset and catch up from the watermark, in the same session. */
  | 'catch-up'
  /** The refused piece is stepped over with a gap record, in the same session. */
  | 'step-over'
  /** The record goes to the dead letters, in the same transaction. */
  | 'dead-letter'
  /** End the session; the next one starts from the state topic. */
  | 'new-session'
  /** This stream stops, visibly; the others go on. */
  | 'halt-stream'
  /** The process ends with a non-zero exit code. */
  | 'exit';

type ErrorDefinition = { disposition: Disposition; nextStep: string };

/** The closed list of everything that can go wrong, and what an operator does about it. */
export const ERRORS = {
  CONFIG_INVALID: { disposition: 'exit', nextStep: 'correct the variables named above' },
  ASANA_UNREACHABLE: {
    disposition: 'retry-request',
    nextStep: 'it is tried again; if it stays, check ASANA_BASE_URL, DNS and the firewall',
  },
  ASANA_SERVER_ERROR: {
    disposition: 'retry-request',
    nextStep: 'it is tried again; if it stays, look at status.asana.com',
  },
  ASANA_ANSWER_INVALID: {
    disposition: 'retry-request',
    nextStep: 'it is tried again; if it stays, check that ASANA_BASE_URL is Asana and no proxy rewrites it',
  },
  ASANA_RATE_LIMITED: {
    disposition: 'retry-request',
    nextStep: 'lower ASANA_REQUESTS_PER_MINUTE if something else uses the same token',
  },
  ASANA_OFFSET_REFUSED: {
    disposition: 'catch-up',
    nextStep: 'nothing: the stream catches up from its watermark',
  },
  ASANA_REFUSED_FOR_GOOD: {
    disposition: 'step-over',
    nextStep: 'nothing: the refused piece is stepped over, with a gap record',
  },
  ASANA_UNAUTHORIZED: {
    disposition: 'halt-stream',
    nextStep: 'put a valid service account token into ASANA_TOKEN_FILE (or ASANA_TOKEN) and start again',
  },
  ASANA_FORBIDDEN: {
    disposition: 'halt-stream',
    nextStep: 'use the token of a service account of an Enterprise+ organization, with audit log scope',
  },
  ASANA_WORKSPACE_UNKNOWN: {
    disposition: 'halt-stream',
    nextStep:
      'correct ASANA_WORKSPACES (gids of workspaces that the service account belongs to), or the path of ASANA_BASE_URL',
  },
  ASANA_REQUEST_REFUSED: {
    disposition: 'halt-stream',
    nextStep: 'check the filters, START_AT, END_AT and ASANA_BASE_URL',
  },
  ASANA_NO_PROGRESS: {
    disposition: 'halt-stream',
    nextStep:
      'report it: the answers have no next_page although more events share one millisecond than fit on a page',
  },
  KAFKA_UNAVAILABLE: {
    disposition: 'new-session',
    nextStep: 'it is tried again; if it stays, check KAFKA_BROKERS and the brokers',
  },
  KAFKA_OUTCOME_UNKNOWN: {
    disposition: 'new-session',
    nextStep: 'nothing: the next session reads from the state topic whether it was committed',
  },
  KAFKA_FENCED: {
    disposition: 'new-session',
    nextStep: 'nothing, unless another instance runs with the same CONNECTOR_NAME',
  },
  KAFKA_SEND_UNCONFIRMED: {
    disposition: 'new-session',
    nextStep: 'nothing: the transaction is not committed and the page is sent again',
  },
  KAFKA_RECORD_REFUSED: {
    disposition: 'dead-letter',
    nextStep: 'read the reason in the headers of the dead letter',
  },
  KAFKA_UNAUTHORIZED: {
    disposition: 'exit',
    nextStep: 'give the connector the Kafka credentials and ACLs that the message names',
  },
  KAFKA_SETTINGS_REFUSED: {
    disposition: 'exit',
    nextStep:
      'correct TOPIC_REPLICATION_FACTOR, the partitions, KAFKA_TRANSACTION_TIMEOUT or KAFKA_COMPRESSION, as the message says',
  },
  DEAD_LETTER_REFUSED: {
    disposition: 'halt-stream',
    nextStep:
      'raise max.message.bytes of the dead letters topic; where it is the timestamp that is refused, set the clock of this machine',
  },
  STATE_REFUSED: {
    disposition: 'halt-stream',
    nextStep:
      'raise max.message.bytes of the state topic; where it is the timestamp that is refused, set the clock of this machine',
  },
  ANOTHER_INSTANCE: {
    disposition: 'exit',
    nextStep: 'stop the other instance, or give this one a CONNECTOR_NAME and an EVENTS_TOPIC of its own',
  },
  NO_POSITION: {
    disposition: 'exit',
    nextStep: 'start the connector: START_AT says where a stream without a position begins',
  },
  STREAM_RUNNING: {
    disposition: 'exit',
    nextStep: 'stop the connector (SIGTERM), then repeat the command',
  },
  TOPIC_MISSING: {
    disposition: 'exit',
    nextStep: 'start the connector, which creates it, or correct EVENTS_TOPIC',
  },
  TOPIC_UNFIT: { disposition: 'exit', nextStep: 'change the topic as the message says' },
  ALREADY_PUBLISHED: {
    disposition: 'halt-stream',
    nextStep: 'set STATE_TOPIC and CONNECTOR_NAME back, or give the connector an EVENTS_TOPIC of its own',
  },
  TOPIC_LOST: {
    disposition: 'halt-stream',
    nextStep:
      'restore the topic, or set another EVENTS_TOPIC and CONNECTOR_NAME to read again all that Asana still has',
  },
  EVENTS_TOPIC_CHANGED: {
    disposition: 'halt-stream',
    nextStep:
      'set EVENTS_TOPIC back, or set another CONNECTOR_NAME too, to read again all that Asana still has',
  },
  STATE_UNREADABLE: {
    disposition: 'halt-stream',
    nextStep: 'restore the record, or use the version that wrote it',
  },
  STATE_MISPLACED: {
    disposition: 'halt-stream',
    nextStep:
      'a partition was added to the state topic: copy the state to a topic with the former partition count',
  },
  SCHEMA_REGISTRY_UNAVAILABLE: {
    disposition: 'new-session',
    nextStep: 'it is tried again; if it stays, check SCHEMA_REGISTRY_URL',
  },
  SCHEMA_REGISTRY_REFUSED: {
    disposition: 'exit',
    nextStep: 'check SCHEMA_REGISTRY_URL and what the registry allows this client',
  },
  SCHEMA_INCOMPATIBLE: {
    disposition: 'exit',
    nextStep: 'use another EVENTS_TOPIC, or loosen the compatibility of the subject',
  },
  SCHEMA_NOT_REGISTERED: {
    disposition: 'exit',
    nextStep: 'register schemas/asana-audit-log-event.avsc, or set AUTO_REGISTER_SCHEMAS=true',
  },
  INTERNAL: { disposition: 'exit', nextStep: 'report it with the log: this is a defect of the connector' },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERRORS;

/** Every error that this project throws on purpose. `message` says what happened, with the names; `nextStep` what to do. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get disposition(): Disposition {
    return ERRORS[this.code].disposition;
  }

  get nextStep(): string {
    return ERRORS[this.code].nextStep;
  }
}

/** Whatever was thrown, as one of ours: what we did not foresee is INTERNAL, never swallowed. */
export function toConnectorError(thrown: unknown): ConnectorError {
  if (thrown instanceof ConnectorError) return thrown;
  return new ConnectorError('INTERNAL', messageOf(thrown), { cause: thrown });
}

/** An error as fields of a log line. */
export function describe(error: ConnectorError): Record<string, string> {
  return { code: error.code, error: error.message, next_step: error.nextStep };
}

/** What was thrown, in words. A connect that failed on several addresses has a text only for each of them. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.message === '' && thrown instanceof AggregateError)
    return thrown.errors.map(messageOf).join('; ');
  return thrown.message || thrown.name;
}
