import type { Clock } from '../clock.ts';
import { orStopped } from '../deadline.ts';
import type { ConnectorError } from '../errors.ts';
import { assign } from './assign.ts';
import type { Confirmation } from './confirmation.ts';
import { patiently } from './patiently.ts';
import type { GroupPort, Joined, Membership, Rejoin } from './port.ts';
import {
  type Assignment,
  decodeAssignment,
  decodeMember,
  encodeAssignment,
  encodeMember,
  GROUP_PROTOCOL,
  type GroupTable,
} from './protocol.ts';

export interface MembershipOptions {
  /** The state topic: its partitions are what is assigned. */
  readonly topic: string;
  /** Of a workspace. */
  readonly partitionOf: (stream: string) => number;
  /** The workspaces of this replica's configuration. */
  readonly streams: readonly string[];
  /** Its name. */
  readonly replica: string;
  readonly heartbeatMs: number;
}

export interface MembershipPorts {
  readonly group: GroupPort;
  readonly crew: {
    readonly partitions: readonly number[];
    readonly broken: AbortSignal;
    /** Never throws. */
    take(partitions: Iterable<number>): Promise<void>;
  };
  readonly confirmation: Confirmation;
  readonly observer: GroupObserver;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

/** What a member tells those who watch it. It never throws. */
export interface GroupObserver {
  joining(replica: string): void;
  /** The coordinator has answered. */
  answered(): void;
  assigned(assignment: Assignment): void;
  /** The group has gone on without this replica, whose streams are stopped. */
  lost(): void;
  failed(error: ConnectorError, retryInMs: number): void;
}

/** Is a member until `signal` aborts, then gives up what it runs, and leaves. Throws what no retry heals, and what broke its crew. */
export async function keepMembership(
  options: MembershipOptions,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<void> {
  ports.observer.joining(options.replica);
  const member = new GroupMember(options, ports);
  const patience = { ...ports, failed: ports.observer.failed };
  const { broken } = ports.crew;
  const either = AbortSignal.any([signal, broken]);
  try {
    while (!either.aborted) await patiently(() => member.step(either), patience, either);
  } catch (thrown) {
    if (!either.aborted) throw thrown;
  } finally {
    await ports.crew.take([]);
    await member.leave();
  }
  broken.throwIfAborted();
}

class GroupMember {
  readonly #options: MembershipOptions;
  readonly #ports: MembershipPorts;
  #memberId = '';
  #promised: readonly number[] = [];
  /** Of the generation that it is in; undefined: it has to join. */
  #membership: Membership | undefined;
  /** Aborts when something was given up, for others to get in the rebalance that joining again begins. */
  #givenUp = new AbortController();

  constructor(options: MembershipOptions, ports: MembershipPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** Joins, or is silent for a while and sends a heartbeat. */
  async step(signal: AbortSignal): Promise<void> {
    if (this.#membership === undefined) return this.#join(signal);
    const { clock, group, confirmation, observer } = this.#ports;
    const either = AbortSignal.any([signal, this.#givenUp.signal]);
    await clock.sleep(this.#options.heartbeatMs, either).catch(() => {});
    if (signal.aborted) return;
    if (this.#givenUp.signal.aborted) {
      this.#membership = undefined;
      return;
    }
    confirmation.ask();
    const answer = await group.heartbeat(this.#membership);
    observer.answered();
    if (answer === 'member') confirmation.confirm();
    else await this.#rejoin(answer);
  }

  async leave(): Promise<void> {
    // What cannot be said is found out by the session timeout.
    if (this.#memberId !== '') await this.#ports.group.leave(this.#memberId).catch(() => {});
  }

  async #join(signal: AbortSignal): Promise<void> {
    const { group, crew, confirmation, observer } = this.#ports;
    const { topic, streams, replica } = this.#options;
    const running = crew.partitions;
    const metadata = encodeMember(topic, { replica, streams, running, promised: this.#promised });
    confirmation.ask();
    const joining = group.join({ memberId: this.#memberId, protocol: GROUP_PROTOCOL, metadata });
    // The others may be waited for longer than whoever stops it waits. Only who has no id yet cannot leave before it is answered.
    const joined = await (this.#memberId === '' ? joining : orStopped(signal, joining));
    observer.answered();
    if (typeof joined === 'string') return this.#rejoin(joined);
    this.#memberId = joined.memberId;
    const assignments = joined.members ? this.#assign(joined.members) : new Map<string, Buffer>();
    const synced = await orStopped(signal, group.sync(joined, assignments));
    observer.answered();
    if (typeof synced === 'string') return this.#rejoin(synced);
    this.#begin(joined, running, decodeAssignment(topic, synced));
  }

  #begin(membership: Joined, claimed: readonly number[], assignment: Assignment): void {
    const { crew, confirmation, observer } = this.#ports;
    this.#membership = membership;
    this.#promised = assignment.promised;
    const givenUp = new AbortController();
    this.#givenUp = givenUp;
    // Before anything begins: by the whole group, what begins takes its share of the budgets.
    observer.assigned(assignment);
    // What was claimed may have ended meanwhile: also then the others wait for the rebalance that gives it out.
    const isOver = claimed.some((partition) => !assignment.partitions.includes(partition));
    crew.take(assignment.partitions).then(() => isOver && givenUp.abort());
    confirmation.confirm();
  }

  async #rejoin(why: Rejoin): Promise<void> {
    this.#membership = undefined;
    if (why === 'rebalance') return;
    this.#memberId = '';
    this.#promised = [];
    this.#ports.observer.lost();
    await this.#ports.crew.take([]);
  }

  /** As the leader, for all. */
  #assign(bytesOf: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
    const { topic, partitionOf } = this.#options;
    const members = [...bytesOf].map(([id, bytes]) => ({ id, ...decodeMember(bytes) }));
    const assigned = assign(members, partitionOf);
    const partitionsOf = (id: string) => assigned.get(id)?.partitions ?? [];
    const streamsOf = Map.groupBy(new Set(members.flatMap(({ streams }) => streams)), partitionOf);
    const replicas = members.map(({ id, replica }) => ({
      name: replica,
      streams: partitionsOf(id).flatMap((partition) => streamsOf.get(partition) ?? []),
    }));
    const owned = new Set(replicas.flatMap(({ streams }) => streams));
    const unassigned = [...streamsOf.values()].flat().filter((stream) => !owned.has(stream));
    const table: GroupTable = { replicas, unassigned };
    return new Map(
      members.map(({ id }) => {
        const promised = assigned.get(id)?.promised ?? [];
        return [id, encodeAssignment(topic, { partitions: partitionsOf(id), promised, table })];
      }),
    );
  }
}
