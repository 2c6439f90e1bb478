/**
 * The group coordinator on virtual time: who is not heard for the session timeout is no member any more. For so long does a rebalance wait,
 * too: Kafka's rebalance timeout, which may be shorter, is not modelled.
 */

import type { GroupPort, Joined, JoinRequest, Membership, Rejoin } from '../../src/group/port.ts';
import { GroupModel } from '../group/group-model.ts';
import type { Timer, VirtualTime } from './virtual-time.ts';

export class GroupCoordinator implements GroupPort {
  readonly #group = new GroupModel();
  readonly #time: VirtualTime;
  readonly #sessionTimeoutMs: number;
  readonly #timers = new Map<string, Timer>();

  constructor(time: VirtualTime, sessionTimeoutMs: number) {
    this.#time = time;
    this.#sessionTimeoutMs = sessionTimeoutMs;
  }

  async join(request: JoinRequest): Promise<Joined | Rejoin> {
    const joined = await this.#keeping(request.memberId, this.#group.join(request));
    if (typeof joined !== 'string') this.#expect(joined.memberId);
    return joined;
  }

  sync(membership: Membership, assignments: ReadonlyMap<string, Buffer>): Promise<Buffer | Rejoin> {
    return this.#keeping(membership.memberId, this.#group.sync(membership, assignments));
  }

  heartbeat(membership: Membership): Promise<'member' | Rejoin> {
    return this.#keeping(membership.memberId, this.#group.heartbeat(membership));
  }

  async leave(memberId: string): Promise<void> {
    this.#timers.get(memberId)?.cancel();
    await this.#group.leave(memberId);
  }

  /** Who waits for an answer is there; its silence begins with that. */
  async #keeping<Answer>(memberId: string, pending: Promise<Answer>): Promise<Answer> {
    this.#timers.get(memberId)?.cancel();
    const answer = await pending;
    this.#expect(memberId);
    return answer;
  }

  #expect(memberId: string): void {
    this.#timers.get(memberId)?.cancel();
    const timer = this.#time.after(this.#sessionTimeoutMs, () => this.#group.expire(memberId));
    this.#timers.set(memberId, timer);
  }
}
