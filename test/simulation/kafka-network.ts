/** Between a client and the brokers: requests take time, get lost, arrive late, or are carried out without an answer. */

import type { Coverage } from './coverage.ts';
import type { Dice } from './dice.ts';
import { ConnectionError } from './kafka-errors.ts';
import type { KafkaModel } from './kafka-model.ts';
import type { SimulatedProcess } from './process.ts';
import type { VirtualTime } from './virtual-time.ts';

export type Api =
  | 'Metadata'
  | 'InitProducerId'
  | 'AddPartitionsToTxn'
  | 'Produce'
  | 'EndTxn'
  | 'Fetch'
  | 'Admin'
  | 'Group';

/** What happens to a request. `late`: it arrives after the client has given up. */
export type Fate = 'well' | 'request-lost' | 'reply-lost' | 'late';

export interface NetworkPorts {
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly cluster: KafkaModel;
  readonly coverage: Coverage;
  /** Drawn for each request. */
  readonly fateOf: (api: Api) => Fate;
  readonly latencyMs: () => number;
}

const REQUEST_TIMEOUT_MS = 20_000;

export class KafkaNetwork {
  readonly #ports: NetworkPorts;

  constructor(ports: NetworkPorts) {
    this.#ports = ports;
  }

  /** Rejects with what `handle` throws at the broker, or with a ConnectionError. */
  request<Result>(process: SimulatedProcess, node: number, api: Api, handle: () => Result): Promise<Result> {
    const { time, dice, cluster, coverage, fateOf, latencyMs } = this.#ports;
    const fate = fateOf(api);
    if (fate !== 'well') coverage.reach(`kafka ${fate}: ${api}`);
    return new Promise((resolve, reject) => {
      const fail = (delayMs: number, why: string) =>
        time.after(delayMs, () =>
          process.deliver(() => reject(new ConnectionError(`${api} to node ${node}: ${why}`))),
        );
      // Half of the losses are a connection that breaks, half one that goes silent.
      const noticeMs = dice.chance(0.5) ? latencyMs() : REQUEST_TIMEOUT_MS;
      if (fate === 'request-lost') return fail(noticeMs, 'lost on the way');
      if (fate === 'late') fail(noticeMs, 'no answer in time');
      const arrivesMs = fate === 'late' ? noticeMs + dice.scale(1, 30_000) : latencyMs();
      time.after(arrivesMs, () => {
        if (!cluster.isUp(node)) {
          if (fate !== 'late') fail(1, 'connection refused');
          return;
        }
        const answer = attempt(handle);
        if (fate === 'late') return;
        if (fate === 'reply-lost') return fail(noticeMs, 'the answer was lost');
        time.after(latencyMs(), () =>
          process.deliver(() => ('error' in answer ? reject(answer.error) : resolve(answer.result))),
        );
      });
    });
  }
}

function attempt<Result>(work: () => Result): { result: Result } | { error: unknown } {
  try {
    return { result: work() };
  } catch (error) {
    return { error };
  }
}
