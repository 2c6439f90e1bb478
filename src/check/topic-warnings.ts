import type { NewTopic, TopicDescription } from '../kafka/client.ts';

// A gid with its quotes and comma, in the cursor's list of those that share the watermark's millisecond.
const GID_BYTES = 19;
const SAFE_REPLICAS = 3;

/** What does not break the promise, and may one day. @param created how the connector would have created it */
export function topicWarnings(
  { settings, replicationFactor }: TopicDescription,
  created: NewTopic,
): string[] {
  return [
    ...replicaWarnings(replicationFactor, minInSync(settings)),
    ...(settings.get('unclean.leader.election.enable') === 'true'
      ? [
          'unclean.leader.election.enable is true: committed records may be lost with a broker; set it to false',
        ]
      : []),
    ...sizeWarnings(settings, created),
  ];
}

/** What makes every write fail; undefined where nothing does. */
export function whyUnwritable({ settings, replicationFactor }: TopicDescription): string | undefined {
  const inSync = minInSync(settings);
  if (inSync <= replicationFactor) return undefined;
  return `min.insync.replicas is ${inSync}, with a replication factor of ${replicationFactor}: nothing can be written; lower it`;
}

const minInSync = (settings: TopicDescription['settings']): number =>
  Number(settings.get('min.insync.replicas') ?? 1);

function replicaWarnings(replicas: number, inSync: number): string[] {
  if (replicas < SAFE_REPLICAS)
    return ['fewer than 3 replicas: a broker that is lost for good takes events with it; use 3'];
  if (inSync === replicas)
    return [
      `min.insync.replicas is ${inSync} of ${replicas}: one broker that is down stops the stream; set 2`,
    ];
  if (inSync < 2)
    return ['min.insync.replicas is 1: a record that is acknowledged may be on one broker only; set 2'];
  return [];
}

function sizeWarnings(settings: TopicDescription['settings'], created: NewTopic): string[] {
  const wanted = Number(created.settings['max.message.bytes'] ?? 0);
  const found = Number(settings.get('max.message.bytes') ?? wanted);
  if (found >= wanted) return [];
  const what =
    created.settings['cleanup.policy'] === 'compact'
      ? `holds the cursor of a millisecond with at most ${Math.floor(found / GID_BYTES).toLocaleString('en')} events`
      : 'halts the stream at a larger event';
  return [`max.message.bytes is ${found}, which ${what}; set ${wanted}`];
}
