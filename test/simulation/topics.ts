/** The names and settings of a run's topics. */

import type { TopicOptions } from '../../src/kafka/topics.ts';
import type { Plan } from './plan.ts';

export const CONNECTOR_NAME = 'sim';

export const topicOptions = (plan: Plan): TopicOptions => ({
  eventsTopic: 'events',
  stateTopic: 'state',
  eventsPartitions: plan.eventsPartitions,
  statePartitions: plan.statePartitions,
  replicationFactor: 3,
  eventsRetentionMs: -1,
  allowShortRetention: false,
});

export const DEAD_LETTERS = 'events.dead-letters';
