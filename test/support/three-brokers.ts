import { type KafkaCluster, startKafka } from '../../dev/kafka.ts';

// A dead broker is noticed after 3 s instead of 9 s: most of a stall is this wait, in which there is nothing to see.
const OVERRIDES = { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500' };

/** For a test that kills some of them. */
export const startThreeBrokers = (): Promise<KafkaCluster> =>
  startKafka({ brokers: 3, overrides: OVERRIDES });
