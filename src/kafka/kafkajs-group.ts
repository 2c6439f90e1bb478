import Cluster, { type ClusterOptions, type GroupCoordinator } from 'kafkajs/src/cluster/index.js';
import type { Clock } from '../clock.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import type { GroupPort, Joined, JoinRequest, Membership, Rejoin } from '../group/port.ts';
import { LimitedCalls } from './kafkajs-calls.ts';
import { coordinatorId } from './kafkajs-coordinator.ts';
import { isType, kafkaError } from './kafkajs-errors.ts';
import { groupAcl } from './needed-acls.ts';

export interface GroupOptions {
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
}

interface Connection {
  readonly cluster: Cluster;
  readonly calls: LimitedCalls;
  readonly coordinator: GroupCoordinator;
}

// So long do the others wait for a member that does not join again. With kafkajs's 5 s for the way, below the silence that ends a socket.
const REBALANCE_TIMEOUT_MS = 8_000;
/** The group goes on, or is about to be assigned anew; the member keeps its id. */
const REBALANCE = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION'];
const LOST = 'UNKNOWN_MEMBER_ID';
// Of the session timeout: a broker that hangs, and another one that is asked then, are to take less than the session together.
const FIRST_PATIENCE_SHARE = 1 / 4;

/** {@link GroupPort} on what kafkajs 2.2.4 has below its consumer, which would stop all its partitions at each rebalance. */
export class KafkajsGroup implements GroupPort {
  readonly #options: ClusterOptions;
  readonly #group: GroupOptions;
  readonly #clock: Clock;
  /** From when it is begun: a question that nobody waits for any more may still be connecting when the member leaves. */
  #connection: Promise<Connection> | undefined;
  /** How often in a row nothing was answered in time. */
  #silences = 0;
  /** Which of the brokers that were configured is asked first: another one where that was in vain. */
  #first = 0;

  constructor(options: ClusterOptions, group: GroupOptions, clock: Clock) {
    this.#options = options;
    this.#group = group;
    this.#clock = clock;
  }

  join({ memberId, protocol, metadata }: JoinRequest): Promise<Joined | Rejoin> {
    const { groupId, sessionTimeoutMs: sessionTimeout } = this.#group;
    return this.#ask('joining', async (coordinator) => {
      const answer = await coordinator.joinGroup({
        groupId,
        sessionTimeout,
        rebalanceTimeout: REBALANCE_TIMEOUT_MS,
        memberId,
        groupProtocols: [{ name: protocol, metadata }],
      });
      const { generationId: generation, leaderId, members } = answer;
      const leads = leaderId === answer.memberId;
      return {
        memberId: answer.memberId,
        generation,
        members: leads
          ? new Map(members.map((member) => [member.memberId, member.memberMetadata]))
          : undefined,
      };
    });
  }

  sync(
    { memberId, generation: generationId }: Membership,
    assignments: ReadonlyMap<string, Buffer>,
  ): Promise<Buffer | Rejoin> {
    const groupAssignment = [...assignments].map(([id, memberAssignment]) => ({
      memberId: id,
      memberAssignment,
    }));
    const { groupId } = this.#group;
    return this.#ask('being assigned in', async (coordinator) => {
      const answer = await coordinator.syncGroup({ groupId, generationId, memberId, groupAssignment });
      return answer.memberAssignment;
    });
  }

  heartbeat({ memberId, generation: groupGenerationId }: Membership): Promise<'member' | Rejoin> {
    const { groupId } = this.#group;
    const ask = async (coordinator: GroupCoordinator) => {
      await coordinator.heartbeat({ groupId, groupGenerationId, memberId });
      return 'member' as const;
    };
    return this.#ask('staying in', ask, this.#patienceMs);
  }

  async leave(memberId: string): Promise<void> {
    // It may wait for the answer to a join, and Kafka answers one after the other: another one is made, and it ends with that answer.
    void this.#disconnect(this.#connection);
    try {
      const { groupId } = this.#group;
      const ask = (coordinator: GroupCoordinator) => coordinator.leaveGroup({ groupId, memberId });
      await this.#ask('leaving', ask, this.#patienceMs);
    } finally {
      await this.#disconnect(this.#connection);
    }
  }

  /** For what is answered at once: short enough to try again within the session, and longer each time, where all are just slow. */
  get #patienceMs(): number {
    return this.#group.sessionTimeoutMs * FIRST_PATIENCE_SHARE * 2 ** this.#silences;
  }

  /** @param mostMs for a question that is answered at once; others wait for other members */
  async #ask<T>(
    doing: string,
    question: (coordinator: GroupCoordinator) => Promise<T>,
    mostMs?: number,
  ): Promise<T | Rejoin> {
    this.#connection ??= this.#connect();
    const connection = this.#connection;
    try {
      const { calls, coordinator } = await connection;
      const answer = await calls.within(() => question(coordinator), mostMs);
      this.#silences = 0;
      return answer;
    } catch (thrown) {
      const answer = rejoinOf(thrown);
      if (answer !== undefined) {
        this.#silences = 0;
        return answer;
      }
      if (await hasGivenUp(connection)) this.#tookTooLong();
      // The coordinator may have moved, or the connection be half-open: both are looked at anew.
      await this.#disconnect(connection);
      throw this.#explain(thrown, doing);
    }
  }

  async #connect(): Promise<Connection> {
    const { brokers } = this.#options;
    const at = this.#first % brokers.length;
    const cluster = new Cluster({
      ...this.#options,
      brokers: [...brokers.slice(at), ...brokers.slice(0, at)],
    });
    const calls = new LimitedCalls(this.#clock);
    try {
      const coordinator = await calls.within(async () => {
        await cluster.connect();
        const nodeId = await coordinatorId(cluster, 'group', this.#group.groupId);
        return cluster.findBroker({ nodeId });
      }, this.#patienceMs);
      return { cluster, calls, coordinator };
    } catch (thrown) {
      if (calls.gaveUp) this.#tookTooLong();
      else this.#first++;
      await calls.end(() => cluster.disconnect()).catch(() => {});
      throw thrown;
    }
  }

  #tookTooLong(): void {
    this.#silences++;
    this.#first++;
  }

  async #disconnect(connection: Promise<Connection> | undefined): Promise<void> {
    if (this.#connection === connection) this.#connection = undefined;
    try {
      const ending = await connection;
      await ending?.calls.end(() => ending.cluster.disconnect());
    } catch {
      // One that could not be made, or that hangs: it ends by itself.
    }
  }

  #explain(thrown: unknown, doing: string): ConnectorError {
    const { groupId, sessionTimeoutMs } = this.#group;
    const where = `${doing} the group ${groupId}`;
    if (isType(thrown, 'INCONSISTENT_GROUP_PROTOCOL'))
      return new ConnectorError(
        'GROUP_UNREADABLE',
        `${where}: it has members of another kind (${messageOf(thrown)})`,
        { cause: thrown },
      );
    if (isType(thrown, 'INVALID_SESSION_TIMEOUT'))
      return new ConnectorError(
        'KAFKA_SETTINGS_REFUSED',
        `${where}: GROUP_SESSION_TIMEOUT is ${sessionTimeoutMs / 1_000} s, which the brokers do not allow: it must be from their group.min.session.timeout.ms (6 s unless it was changed) to their group.max.session.timeout.ms`,
        { cause: thrown },
      );
    return kafkaError(thrown, where, groupAcl(groupId));
  }
}

function rejoinOf(thrown: unknown): Rejoin | undefined {
  if (isType(thrown, LOST)) return 'lost';
  return REBALANCE.some((type) => isType(thrown, type)) ? 'rebalance' : undefined;
}

const hasGivenUp = (connection: Promise<Connection>): Promise<boolean> =>
  connection.then(
    ({ calls }) => calls.gaveUp,
    () => false,
  );
