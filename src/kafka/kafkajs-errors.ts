import type { ErrorCode } from '../error-list.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import { explainTls } from '../tls/explain.ts';
import { missingAcl, type NeededAcls } from './needed-acls.ts';

// The broker checked the batch and appended nothing of it.
const REFUSED = ['INVALID_TIMESTAMP', 'MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD'];
// The settings ask for what these brokers will not do, however often they are asked.
const IMPOSSIBLE = [
  'INVALID_REPLICATION_FACTOR',
  'INVALID_PARTITIONS',
  'INVALID_CONFIG',
  'POLICY_VIOLATION',
  'INVALID_TRANSACTION_TIMEOUT',
  'UNSUPPORTED_COMPRESSION_TYPE',
];
// 47 means a fenced zombie or an owner whose transaction timed out: transaction-time.ts tells them apart.
const FENCED = ['INVALID_PRODUCER_EPOCH', 'TRANSACTION_COORDINATOR_FENCED', 'INVALID_PRODUCER_ID_MAPPING'];
const UNAUTHORIZED = /_AUTHORIZATION_FAILED$/;
const LOGIN_REFUSED = ['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE'];
// After them, that the transaction was not committed is as good as known, or of no use to know.
const NOT_OF_THE_OUTCOME: readonly ErrorCode[] = [
  'KAFKA_FENCED',
  'KAFKA_UNAUTHORIZED',
  'KAFKA_LOGIN_REFUSED',
];

/**
 * kafkajs's error as one of ours; it is told apart by `type`, as its classes and messages are no contract.
 *
 * @param needed the ACLs that are, so that a refusal can name the one that is missing
 */
export function kafkaError(thrown: unknown, doing: string, needed: NeededAcls = {}): ConnectorError {
  const ours = [...unfold(thrown)].find((error) => error instanceof ConnectorError);
  if (ours !== undefined && ours === thrown) return ours;
  if (ours !== undefined)
    return new ConnectorError(ours.code, `${doing}: ${ours.message}`, { cause: thrown });
  const types = typesOf(thrown);
  const tls = explainTls(tlsTextOf(thrown), 'KAFKA_TLS_CA_FILE');
  const code = tls === undefined ? codeOf(types) : 'KAFKA_TLS_FAILED';
  const hint = tls ?? missingAcl(types, needed);
  const text = `${doing}: ${describeAll(thrown)}`;
  return new ConnectorError(code, hint === undefined ? text : `${text}: ${hint}`, { cause: thrown });
}

/** An error of commit or abort: whatever it says, whether the transaction was committed is not known. */
export function outcomeError(thrown: unknown, doing: string, needed?: NeededAcls): ConnectorError {
  const error = kafkaError(thrown, doing, needed);
  if (NOT_OF_THE_OUTCOME.includes(error.code)) return error;
  return new ConnectorError('KAFKA_OUTCOME_UNKNOWN', error.message, { cause: thrown });
}

export const isType = (thrown: unknown, type: string): boolean => typesOf(thrown).includes(type);

function codeOf(types: readonly string[]): ErrorCode {
  if (types.some((type) => REFUSED.includes(type))) return 'KAFKA_RECORD_REFUSED';
  if (types.some((type) => FENCED.includes(type))) return 'KAFKA_FENCED';
  if (types.some((type) => LOGIN_REFUSED.includes(type))) return 'KAFKA_LOGIN_REFUSED';
  if (types.some((type) => UNAUTHORIZED.test(type))) return 'KAFKA_UNAUTHORIZED';
  if (types.some((type) => IMPOSSIBLE.includes(type))) return 'KAFKA_SETTINGS_REFUSED';
  return 'KAFKA_UNAVAILABLE';
}

/** An error, what kafkajs wrapped in it, and for several topics the errors of each. */
function* unfold(thrown: unknown, depth = 0): Generator<Error> {
  if (!(thrown instanceof Error) || depth > MAX_DEPTH) return;
  yield thrown;
  if ('errors' in thrown && Array.isArray(thrown.errors))
    for (const each of thrown.errors) yield* unfold(each, depth + 1);
  yield* unfold(thrown.cause ?? ('originalError' in thrown ? thrown.originalError : undefined), depth + 1);
}

const MAX_DEPTH = 5;

/** The protocol types of an error; an authentication error has a name only. */
function typesOf(thrown: unknown): string[] {
  return [...unfold(thrown)].flatMap((error) => {
    if (error.name === 'KafkaJSSASLAuthenticationError') return ['SASL_AUTHENTICATION_FAILED'];
    return 'type' in error && typeof error.type === 'string' ? [error.type] : [];
  });
}

/** A failed connection has Node's code, or only its text. */
const tlsTextOf = (thrown: unknown): string =>
  [...unfold(thrown)]
    .filter(({ name }) => name === 'KafkaJSConnectionError')
    .map((error) => `${'code' in error ? error.code : ''} ${error.message}`)
    .join();

/** An aggregate says only that there were errors. */
function describeAll(thrown: unknown): string {
  if (!(thrown instanceof Error) || !('errors' in thrown) || !Array.isArray(thrown.errors))
    return messageOf(thrown);
  return [messageOf(thrown), ...thrown.errors.map(messageOf)].join(': ');
}
