/** One client's connections: what it knows of leaders, which may be out of date, and how it reaches nodes. */

import { backoffMs } from '../../src/backoff.ts';
import type { Coverage } from './coverage.ts';
import type { Dice } from './dice.ts';
import type { History } from './history.ts';
import type { TransactionCoordinator } from './kafka-coordinator.ts';
import type { KafkaModel } from './kafka-model.ts';
import { NODES } from './kafka-model.ts';
import type { Api, KafkaNetwork } from './kafka-network.ts';
import type { SimulatedProcess } from './process.ts';

export interface LinkPorts {
  readonly process: SimulatedProcess;
  readonly cluster: KafkaModel;
  readonly network: KafkaNetwork;
  readonly coverage: Coverage;
  readonly dice: Dice;
  readonly history: History;
}

export class ClientLinks {
  readonly coverage: Coverage;
  readonly history: History;
  /** The process that the client is in. */
  readonly owner: string;
  readonly #ports: LinkPorts;
  readonly #leaders = new Map<string, readonly (number | undefined)[]>();

  constructor(ports: LinkPorts) {
    this.#ports = ports;
    this.coverage = ports.coverage;
    this.history = ports.history;
    this.owner = ports.process.name;
  }

  request<Result>(node: number, api: Api, handle: (cluster: KafkaModel) => Result): Promise<Result> {
    const { process, cluster, network } = this.#ports;
    return network.request(process, node, api, () => handle(cluster));
  }

  requestAny<Result>(api: Api, handle: (cluster: KafkaModel) => Result): Promise<Result> {
    return this.request(this.#ports.dice.pick(NODES), api, handle);
  }

  /** Whoever coordinates now: looking it up costs nothing here, a node that goes down meanwhile does not answer. */
  requestCoordinator<Result>(
    transactionalId: string,
    api: Api,
    handle: (coordinator: TransactionCoordinator) => Result,
  ): Promise<Result> {
    const node = this.#ports.cluster.coordinatorOf(transactionalId);
    return this.request(node, api, ({ transactions }) => handle(transactions));
  }

  /** As of the last time that it asked. */
  async leadersOf(topic: string): Promise<readonly (number | undefined)[]> {
    const known = this.#leaders.get(topic);
    if (known !== undefined) return known;
    const leaders = await this.requestAny('Metadata', (cluster) => cluster.leadersOf(topic));
    this.#leaders.set(topic, leaders);
    return leaders;
  }

  forgetLeaders(): void {
    this.#leaders.clear();
  }

  backOff(delayMs: number): Promise<void> {
    return this.#ports.process.pause(
      backoffMs(0, this.#ports.dice.random, { baseMs: delayMs, capMs: delayMs }),
    );
  }
}
