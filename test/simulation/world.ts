/** Everything that exists in one run: time, Kafka, Asana, the network between, and what is noted of it. */

import { ConnectorError } from '../../src/errors.ts';
import { AsanaModel } from './asana-model.ts';
import type { Coverage } from './coverage.ts';
import { Dice } from './dice.ts';
import { History } from './history.ts';
import { ModelKafkaClient } from './kafka-client.ts';
import { GroupCoordinator } from './kafka-group.ts';
import { ModelGroup } from './kafka-group-client.ts';
import { KafkaModel } from './kafka-model.ts';
import { type Api, type Fate, KafkaNetwork } from './kafka-network.ts';
import type { Plan, Range } from './plan.ts';
import type { SimulatedProcess } from './process.ts';
import { CONNECTOR_NAME } from './topics.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A Monday, 12:00 UTC: where the machines' clocks stand when a run begins. */
export const START_MS = Date.UTC(2026, 5, 15, 12);
const PURPOSE = { network: 2, cluster: 3, asana: 4 };
const FATES: readonly Fate[] = ['request-lost', 'reply-lost', 'late'];

/** What is out of order at the moment; faults set it, healing clears it. */
export interface Disturbance {
  /** Share of Kafka requests that go wrong. */
  losses: number;
  /** What happens to the next request of a kind. */
  readonly armed: Map<Api, Fate>;
  skipsNextSend: boolean;
  registryIsDown: boolean;
  /** The processes that do not reach the group's coordinator. */
  readonly cutOff: Set<string>;
}

export class World {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly coverage: Coverage;
  readonly history = new History();
  readonly disturbance: Disturbance;
  readonly cluster: KafkaModel;
  readonly asana: AsanaModel;
  readonly #network: KafkaNetwork;
  readonly #group: GroupCoordinator;
  #failure: unknown;

  constructor(plan: Plan, time: VirtualTime, trace: Trace, coverage: Coverage) {
    this.plan = plan;
    this.time = time;
    this.trace = trace;
    this.coverage = coverage;
    this.disturbance = {
      losses: plan.kafkaLosses,
      armed: new Map(),
      skipsNextSend: false,
      registryIsDown: false,
      cutOff: new Set(),
    };
    const now = () => Math.floor(START_MS + time.nowMs);
    const clusterDice = new Dice(plan.seed, PURPOSE.cluster);
    this.cluster = new KafkaModel({ time, dice: clusterDice, now, note: trace.note, coverage });
    const networkDice = new Dice(plan.seed, PURPOSE.network);
    this.#network = new KafkaNetwork({
      time,
      coverage,
      dice: networkDice,
      cluster: this.cluster,
      fateOf: (api) => this.#fateOf(api, networkDice),
      latencyMs: () => between(networkDice, plan.kafkaLatencyMs),
    });
    this.#group = new GroupCoordinator(time, plan.replicas?.sessionTimeoutMs ?? 0);
    const asanaDice = new Dice(plan.seed, PURPOSE.asana);
    const latencyMs = () => between(asanaDice, plan.asanaLatencyMs);
    const workspaces = plan.workspaces;
    this.asana = new AsanaModel(
      { ...plan.asana, workspaces },
      { time, coverage, dice: asanaDice, now, latencyMs },
    );
    this.#refuse(plan.refused);
  }

  #refuse(refused: Plan['refused']): void {
    const [workspace] = this.asana.state.workspaces.values();
    if (refused === undefined || workspace === undefined) return;
    const { timeline } = workspace.dataset;
    const { at, forMs, with: refusedWith } = refused;
    const refusedFrom =
      'place' in at
        ? timeline.timeAt(Math.floor(at.place * timeline.length))
        : this.asana.state.nowMs() + Math.floor(at.afterMs);
    this.asana.change({ refusedFrom, refusedForMs: forMs, refusedWith });
  }

  /** A defect of the simulation itself: the run is worth nothing. */
  get failure(): unknown {
    return this.#failure;
  }

  fail(error: unknown): void {
    this.#failure ??= error;
  }

  /** @param longPollMs how long a fetch waits for something new */
  connect(process: SimulatedProcess, dice: Dice, longPollMs = 500): ModelKafkaClient {
    const { cluster, coverage, plan } = this;
    const ports = { process, cluster, coverage, dice, network: this.#network, history: this.history };
    return new ModelKafkaClient(ports, {
      longPollMs,
      transactionTimeoutMs: plan.transactionTimeoutMs,
      fetchBatches: () => dice.whole(1, plan.fetchBatches),
      isSendSkipped: () => {
        const isSkipped = this.disturbance.skipsNextSend;
        this.disturbance.skipsNextSend = false;
        return isSkipped;
      },
    });
  }

  /** The membership of a process in the group of its replicas. */
  openGroup(process: SimulatedProcess): ModelGroup {
    const { cluster, time, history, disturbance } = this;
    const isCutOff = () => disturbance.cutOff.has(process.name);
    return new ModelGroup(
      { process, cluster, time, history, network: this.#network, isCutOff },
      CONNECTOR_NAME,
      this.#group,
    );
  }

  async lookUpSchema(process: SimulatedProcess, schemaId: number): Promise<number> {
    await process.pause(5);
    if (!this.disturbance.registryIsDown) return schemaId;
    throw new ConnectorError('SCHEMA_REGISTRY_UNAVAILABLE', 'the registry does not answer');
  }

  #fateOf(api: Api, dice: Dice): Fate {
    const armed = this.disturbance.armed.get(api);
    if (armed !== undefined) {
      this.disturbance.armed.delete(api);
      return armed;
    }
    return dice.chance(this.disturbance.losses) ? dice.pick(FATES) : 'well';
  }
}

const between = (dice: Dice, { from, to }: Range): number => from + dice.random() ** 3 * (to - from);
