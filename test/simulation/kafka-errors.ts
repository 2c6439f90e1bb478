/** Errors as brokers and kafkajs make them: told apart by `type`. */

export type ProtocolErrorType =
  | 'INVALID_PRODUCER_EPOCH'
  | 'INVALID_PRODUCER_ID_MAPPING'
  | 'CONCURRENT_TRANSACTIONS'
  | 'INVALID_TXN_STATE'
  | 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  | 'INVALID_TIMESTAMP'
  | 'MESSAGE_TOO_LARGE'
  | 'INVALID_RECORD'
  | 'NOT_LEADER_FOR_PARTITION'
  | 'NOT_COORDINATOR'
  | 'UNKNOWN_TOPIC_OR_PARTITION';

const RETRIABLE: readonly ProtocolErrorType[] = [
  'CONCURRENT_TRANSACTIONS',
  'NOT_LEADER_FOR_PARTITION',
  'NOT_COORDINATOR',
  'UNKNOWN_TOPIC_OR_PARTITION',
];

/** What a broker answers instead of a result. */
export class ProtocolError extends Error {
  override readonly name = 'KafkaJSProtocolError';
  readonly type: ProtocolErrorType;
  readonly retriable: boolean;

  constructor(type: ProtocolErrorType) {
    super(type);
    this.type = type;
    this.retriable = RETRIABLE.includes(type);
  }
}

/** No answer came: refused, reset, or not in time. */
export class ConnectionError extends Error {
  override readonly name = 'KafkaJSConnectionError';
  readonly retriable = true;
}

/** kafkajs refuses by itself. */
export class ClientStateError extends Error {
  override readonly name = 'KafkaJSNonRetriableError';
  readonly retriable = false;
}

export const isRetriable = (error: unknown): boolean =>
  (error instanceof ProtocolError || error instanceof ConnectionError) && error.retriable;
