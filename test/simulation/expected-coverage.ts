/** What a batch of 500 seeds must have met: every fault struck, and every way of recovering was needed. */

import { transientFaultKinds } from '../../simulator/fault-kinds.ts';
import { FAULT_KINDS } from './faults.ts';
import { MOVE_KINDS, SCENARIOS } from './plan-replicas.ts';

const APIS = [
  'Metadata',
  'InitProducerId',
  'AddPartitionsToTxn',
  'Produce',
  'EndTxn',
  'Fetch',
  'Admin',
  'Group',
];
const FATES = ['request-lost', 'reply-lost', 'late'];

const RECOVERIES = [
  'asana answers 400',
  'asana answers 401',
  'asana answers 429',
  'asana request recovered',
  'asana request repeated: ASANA_ANSWER_INVALID',
  'asana request repeated: ASANA_RATE_LIMITED',
  'asana request repeated: ASANA_SERVER_ERROR',
  'asana request repeated: ASANA_UNREACHABLE',
  'catches up: first-start',
  'catches up: offset-refused',
  'catches up: restart',
  'dead letter: created-at-missing',
  'dead letter: gid-missing',
  'dead letter: refused-by-kafka',
  'drops what it has committed',
  'ends with ANOTHER_INSTANCE',
  'ends with ASANA_UNAUTHORIZED',
  'ends: stopped',
  'kafkajs skips a send that it confirms',
  'publishes a late event',
  'replica gives streams up',
  'replica is not waited for by the group',
  'replica is promised streams',
  'replica stands by',
  'replica waits for the word of the group',
  'replica: KAFKA_UNAVAILABLE',
  'reads windows side by side',
  'records a gap: refused-by-asana',
  'says that a question is refused',
  'session ended: KAFKA_FENCED',
  'session ended: KAFKA_OUTCOME_UNKNOWN',
  'session ended: KAFKA_SEND_UNCONFIRMED',
  'session ended: KAFKA_TRANSACTION_TIMEOUT',
  'session ended: KAFKA_UNAVAILABLE',
  'session ended: SCHEMA_REGISTRY_UNAVAILABLE',
  'sweeps',
  'takes up a live offset',
  'waits for its budget',
  'transaction times out at the broker',
  'a fenced producer is refused',
];

export const EXPECTED_COVERAGE: readonly string[] = [
  ...FAULT_KINDS.map((kind) => `fault: ${kind}`),
  ...SCENARIOS.map((scenario) => `replicas: ${scenario}`),
  ...MOVE_KINDS.map((kind) => `move: ${kind}`),
  ...[...transientFaultKinds, 'overlap'].map((kind) => `asana fault: ${kind}`),
  ...FATES.flatMap((fate) => APIS.map((api) => `kafka ${fate}: ${api}`)),
  ...['GET', 'begin', 'send', 'commit', 'abort', 'fetch state', 'connect'].map(
    (each) => `dies or stops at ${each}`,
  ),
  ...RECOVERIES,
];

export const missingFrom = (counts: ReadonlyMap<string, number>): string[] =>
  EXPECTED_COVERAGE.filter((name) => !counts.has(name));
