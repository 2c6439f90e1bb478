/** {@link GroupPort} over the model: what `src/kafka/kafkajs-group.ts` is over kafkajs. */

import type { GroupPort, Joined, JoinRequest, Membership, Rejoin } from '../../src/group/port.ts';
import { kafkaError } from '../../src/kafka/kafkajs-errors.ts';
import type { History } from './history.ts';
import { ConnectionError } from './kafka-errors.ts';
import type { GroupCoordinator } from './kafka-group.ts';
import type { KafkaModel } from './kafka-model.ts';
import type { KafkaNetwork } from './kafka-network.ts';
import type { SimulatedProcess } from './process.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface GroupPorts {
  readonly process: SimulatedProcess;
  readonly cluster: KafkaModel;
  readonly network: KafkaNetwork;
  readonly time: VirtualTime;
  readonly history: History;
  readonly isCutOff: () => boolean;
}

const CONNECT_TIMEOUT_MS = 3_000;
// Above the longest session timeout: so long do the others wait for a member that is gone.
const ANSWER_TIMEOUT_MS = 30_000;
/** Of an answer that was waited for. */
const WAY_MS = 5;

export class ModelGroup implements GroupPort {
  readonly #ports: GroupPorts;
  readonly #groupId: string;
  readonly #coordinator: GroupCoordinator;

  constructor(ports: GroupPorts, groupId: string, coordinator: GroupCoordinator) {
    this.#ports = ports;
    this.#groupId = groupId;
    this.#coordinator = coordinator;
  }

  join(request: JoinRequest): Promise<Joined | Rejoin> {
    return this.#ask('join', (coordinator) => coordinator.join(request));
  }

  sync(membership: Membership, assignments: ReadonlyMap<string, Buffer>): Promise<Buffer | Rejoin> {
    return this.#confirmed('sync', (coordinator) => coordinator.sync(membership, assignments));
  }

  heartbeat(membership: Membership): Promise<'member' | Rejoin> {
    return this.#confirmed('heartbeat', (coordinator) => coordinator.heartbeat(membership));
  }

  leave(memberId: string): Promise<void> {
    return this.#ask('leave', (coordinator) => coordinator.leave(memberId));
  }

  /** A question whose answer can be: you are a member. */
  async #confirmed<Answer>(
    doing: string,
    question: (coordinator: GroupCoordinator) => Promise<Answer | Rejoin>,
  ): Promise<Answer | Rejoin> {
    const { process, time, history } = this.#ports;
    const askedMs = time.nowMs;
    const answer = await this.#ask(doing, question);
    if (answer !== 'lost' && answer !== 'rebalance') history.askedMs.set(process.name, askedMs);
    return answer;
  }

  #ask<Answer>(doing: string, question: (coordinator: GroupCoordinator) => Promise<Answer>): Promise<Answer> {
    const { process, cluster, network, isCutOff } = this.#ports;
    const node = cluster.coordinatorOf(this.#groupId);
    return process.call(`${doing} ${this.#groupId}`, async () => {
      try {
        if (isCutOff()) {
          await process.pause(CONNECT_TIMEOUT_MS);
          throw new ConnectionError('the coordinator does not answer');
        }
        const taken = await network.request(process, node, 'Group', () => ({
          pending: question(this.#coordinator),
        }));
        return await this.#answer(taken.pending);
      } catch (thrown) {
        throw kafkaError(thrown, `${doing} in the group ${this.#groupId}`);
      }
    });
  }

  /** It may come only once others have asked too. */
  #answer<Answer>(pending: Promise<Answer>): Promise<Answer> {
    const { process, time } = this.#ports;
    return new Promise((resolve, reject) => {
      const limit = time.after(ANSWER_TIMEOUT_MS, () =>
        process.deliver(() => reject(new ConnectionError('no answer in time'))),
      );
      void pending.then((answer) => {
        limit.cancel();
        time.after(WAY_MS, () => process.deliver(() => resolve(answer)));
      });
    });
  }
}
