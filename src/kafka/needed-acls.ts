/** What an operation needs to be allowed; docs/kafka-security.md has the whole list. */
export interface NeededAcls {
  /** For example `Write on the topic asana.audit-log-events`. */
  readonly topic?: string;
  readonly transactionalId?: string;
  readonly group?: string;
}

export const topicAcl = (operation: string, topic: string): NeededAcls => ({
  topic: `${operation} on the topic ${topic}`,
});

/** `Write` includes `Describe`. */
export const transactionalAcl = (transactionalId: string): NeededAcls => ({
  transactionalId: `Write on the transactional id ${transactionalId}`,
});

/** `Read` includes `Describe`. */
export const groupAcl = (groupId: string): NeededAcls => ({ group: `Read on the group ${groupId}` });

const REFUSALS = {
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'transactionalId',
  TOPIC_AUTHORIZATION_FAILED: 'topic',
  GROUP_AUTHORIZATION_FAILED: 'group',
} as const;

/** The ACL that is missing, in words, by the types of Kafka's refusal; undefined where it is none, or not known. */
export function missingAcl(types: readonly string[], needed: NeededAcls): string | undefined {
  const refused = Object.entries(REFUSALS).find(([type]) => types.includes(type));
  const acl = refused && needed[refused[1]];
  return acl && `the ACL that is missing: ${acl}`;
}
