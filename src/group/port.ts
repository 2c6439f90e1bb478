/** Kafka's group protocol as this project needs it: the membership sits above this port, and runs over a model of Kafka too. */

export interface JoinRequest {
  /** Empty: as a new member. */
  readonly memberId: string;
  readonly protocol: string;
  readonly metadata: Buffer;
}

export interface Joined {
  readonly memberId: string;
  readonly generation: number;
  /** Of all members by their ids, where this one leads and has to assign; otherwise undefined. */
  readonly members: ReadonlyMap<string, Buffer> | undefined;
}

export interface Membership {
  readonly memberId: string;
  readonly generation: number;
}

/**
 * Why a member has to join again: the group is about to be assigned anew; or it has gone on without this member, which was not heard
 * for the session timeout, and may have given all that it had to others.
 */
export type Rejoin = 'rebalance' | 'lost';

/** Errors are ConnectorErrors: KAFKA_UNAVAILABLE where it is to be tried again. */
export interface GroupPort {
  join(request: JoinRequest): Promise<Joined | Rejoin>;
  /** @param assignments by member id, from the leader; empty from the others */
  sync(membership: Membership, assignments: ReadonlyMap<string, Buffer>): Promise<Buffer | Rejoin>;
  heartbeat(membership: Membership): Promise<'member' | Rejoin>;
  /** Whoever has left is not waited for; also while a join is under way, which then fails. */
  leave(memberId: string): Promise<void>;
}
