/** Kafka's group coordinator as a model: classic protocol, one group. What a member asks is answered as a broker would. */

import type { GroupPort, Joined, JoinRequest, Membership, Rejoin } from '../../src/group/port.ts';

interface Member {
  metadata: Buffer;
  /** While it waits for the others to join. */
  joining: ((answer: Joined | Rejoin) => void) | undefined;
  /** While it waits for the leader's assignment. */
  syncing: ((answer: Buffer | Rejoin) => void) | undefined;
}

export class GroupModel implements GroupPort {
  readonly #members = new Map<string, Member>();
  #generation = 0;
  #isRebalancing = false;
  #assignments: ReadonlyMap<string, Buffer> | undefined;
  #named = 0;
  /** Thrown at the next question, instead of an answer. */
  failure: Error | undefined;
  readonly heartbeats: string[] = [];

  get memberIds(): string[] {
    return [...this.#members.keys()];
  }

  get generation(): number {
    return this.#generation;
  }

  /** Those that wait for the others to join: their sessions do not time out. */
  get joining(): string[] {
    return this.memberIds.filter((id) => this.#members.get(id)?.joining !== undefined);
  }

  get isRebalancing(): boolean {
    return this.#isRebalancing;
  }

  async join({ memberId, metadata }: JoinRequest): Promise<Joined | Rejoin> {
    this.#mayFail();
    if (memberId !== '' && !this.#members.has(memberId)) return 'lost';
    const id = memberId || `member-${++this.#named}`;
    const known = this.#members.get(id);
    const [leader] = this.#members.keys();
    // One that does not lead and says nothing new has only missed an answer.
    if (known?.metadata.equals(metadata) && id !== leader && !this.#isRebalancing)
      return { memberId: id, generation: this.#generation, members: undefined };
    const member = known ?? { metadata, joining: undefined, syncing: undefined };
    member.metadata = metadata;
    this.#members.set(id, member);
    this.#beginRebalance();
    return new Promise((resolve) => {
      member.joining = resolve;
      this.#mayComplete();
    });
  }

  async sync(
    { memberId, generation }: Membership,
    assignments: ReadonlyMap<string, Buffer>,
  ): Promise<Buffer | Rejoin> {
    this.#mayFail();
    const member = this.#members.get(memberId);
    if (member === undefined) return 'lost';
    if (generation !== this.#generation || this.#isRebalancing) return 'rebalance';
    if (assignments.size > 0) {
      this.#assignments = assignments;
      for (const [id, { syncing }] of this.#members) syncing?.(assignments.get(id) ?? Buffer.alloc(0));
    }
    const assigned = this.#assignments?.get(memberId);
    return assigned ?? new Promise((resolve) => (member.syncing = resolve));
  }

  async heartbeat({ memberId, generation }: Membership): Promise<'member' | Rejoin> {
    this.#mayFail();
    this.heartbeats.push(memberId);
    if (!this.#members.has(memberId)) return 'lost';
    return generation !== this.#generation || this.#isRebalancing ? 'rebalance' : 'member';
  }

  async leave(memberId: string): Promise<void> {
    this.#mayFail();
    this.expire(memberId);
  }

  /** Its session times out. */
  expire(memberId: string): void {
    const member = this.#members.get(memberId);
    if (member === undefined) return;
    this.#members.delete(memberId);
    member.joining?.('lost');
    member.syncing?.('lost');
    this.#beginRebalance();
    this.#mayComplete();
  }

  #mayFail(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  #beginRebalance(): void {
    if (this.#isRebalancing) return;
    this.#isRebalancing = true;
    this.#assignments = undefined;
    for (const member of this.#members.values()) {
      member.syncing?.('rebalance');
      member.syncing = undefined;
    }
  }

  /** Once all have joined. */
  #mayComplete(): void {
    const all = [...this.#members];
    if (all.length === 0 || !all.every(([, { joining }]) => joining !== undefined)) return;
    this.#isRebalancing = false;
    this.#generation++;
    const members = new Map(all.map(([id, { metadata }]) => [id, metadata]));
    for (const [at, [memberId, member]] of all.entries()) {
      const { joining } = member;
      member.joining = undefined;
      joining?.({ memberId, generation: this.#generation, members: at === 0 ? members : undefined });
    }
  }
}
