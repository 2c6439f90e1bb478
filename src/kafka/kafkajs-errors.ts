import { ConnectorError, type ErrorCode, messageOf } from '../errors.ts';

// The broker checked the batch and appended nothing of it.
const REFUSED = ['INVALID_TIMESTAMP', 'MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD'];
// 47 means a fenced zombie or an owner whose transaction timed out: nothing here can tell them apart.
const FENCED = ['INVALID_PRODUCER_EPOCH', 'TRANSACTION_COORDINATOR_FENCED', 'INVALID_PRODUCER_ID_MAPPING'];
const UNAUTHORIZED =
  /_AUTHORIZATION_FAILED$|^SASL_AUTHENTICATION_FAILED$|^UNSUPPORTED_SASL_MECHANISM$|^ILLEGAL_SASL_STATE$/;

/** kafkajs's error as one of ours; it is told apart by `type`, as its classes and messages are no contract. */
export function kafkaError(thrown: unknown, doing: string): ConnectorError {
  if (thrown instanceof ConnectorError) return thrown;
  const code = codeOf(typesOf(thrown));
  return new ConnectorError(code, `${doing}: ${messageOf(thrown)}`, { cause: thrown });
}

/** An error of commit or abort: whatever it says, whether the transaction was committed is not known. */
export function outcomeError(thrown: unknown, doing: string): ConnectorError {
  const error = kafkaError(thrown, doing);
  if (error.code === 'KAFKA_FENCED' || error.code === 'KAFKA_UNAUTHORIZED') return error;
  return new ConnectorError('KAFKA_OUTCOME_UNKNOWN', error.message, { cause: thrown });
}

export const isType = (thrown: unknown, type: string): boolean => typesOf(thrown).includes(type);

function codeOf(types: readonly string[]): ErrorCode {
  if (types.some((type) => REFUSED.includes(type))) return 'KAFKA_RECORD_REFUSED';
  if (types.some((type) => FENCED.includes(type))) return 'KAFKA_FENCED';
  if (types.some((type) => UNAUTHORIZED.test(type))) return 'KAFKA_UNAUTHORIZED';
  return 'KAFKA_UNAVAILABLE';
}

/** The protocol types of an error and of what kafkajs wrapped in it; an authentication error has a name only. */
function typesOf(thrown: unknown): string[] {
  const types: string[] = [];
  let error = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    if ('type' in error && typeof error.type === 'string') types.push(error.type);
    if (error.name === 'KafkaJSSASLAuthenticationError') types.push('SASL_AUTHENTICATION_FAILED');
    error = error.cause ?? ('originalError' in error ? error.originalError : undefined);
  }
  return types;
}
