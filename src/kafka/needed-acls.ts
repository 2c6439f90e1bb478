/** What an operation needs to be allowed; docs/kafka-security.md has the whole list. */
export interface NeededAcls {
  /** For example `Write on the topic asana.audit-log-events`. */
  readonly topic?: string;
  readonly transactionalId?: string;
}

export const topicAcl = (operation: string, topic: string): NeededAcls => ({
  topic: `${operation} on the topic ${topic}`,
});

/** `Write` includes `Describe`. */
export const transactionalAcl = (transactionalId: string): NeededAcls => ({
  transactionalId: `Write on the transactional id ${transactionalId}`,
});

/** The ACL that is missing, in words, by the types of Kafka's refusal; undefined where it is none, or not known. */
export function missingAcl(types: readonly string[], needed: NeededAcls): string | undefined {
  const acl = types.includes('TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
    ? needed.transactionalId
    : types.includes('TOPIC_AUTHORIZATION_FAILED')
      ? needed.topic
      : undefined;
  return acl && `the ACL that is missing: ${acl}`;
}
