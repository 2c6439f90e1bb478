/** Makes faults happen, and ends them. */

import { transientFaultKinds } from '../../simulator/fault-kinds.ts';
import { Dice } from './dice.ts';
import type { Fault } from './faults.ts';
import type { Fleet } from './fleet.ts';
import { NODES } from './kafka-model.ts';
import { holdTransaction } from './neighbour.ts';
import { HEALED } from './plan.ts';
import type { SimulatedProcess } from './process.ts';
import type { World } from './world.ts';

const PURPOSE = 7;

export class Faults {
  readonly #world: World;
  readonly #fleet: Fleet;
  readonly #dice: Dice;
  #neighbours = 0;
  #isHealed = false;

  constructor(world: World, fleet: Fleet) {
    this.#world = world;
    this.#fleet = fleet;
    this.#dice = new Dice(world.plan.seed, PURPOSE);
  }

  strike(fault: Fault): void {
    const { trace, coverage } = this.#world;
    if (this.#isHealed) return;
    trace.note(`fault: ${JSON.stringify(fault)}`);
    const isProcessFault = this.#strikeProcess(fault);
    if (!isProcessFault) this.#strikeSurroundings(fault);
    // Those that wait for a step are counted when it is reached.
    if (!('operation' in fault)) coverage.reach(`fault: ${fault.kind}`);
  }

  /** Nothing goes wrong any more, and what was wrong is mended. */
  heal(): void {
    const { cluster, disturbance, asana, trace } = this.#world;
    trace.note('healed');
    this.#isHealed = true;
    disturbance.losses = 0;
    disturbance.armed.clear();
    disturbance.skipsNextSend = false;
    disturbance.registryIsDown = false;
    disturbance.cutOff.clear();
    for (const node of NODES) if (!cluster.isUp(node)) cluster.bringUp(node);
    // A stream that has met a bad token stays halted: whoever mends the token starts the process again.
    if (asana.state.options.revoked) for (const post of this.#fleet.posts) post.terminate();
    asana.change({ ...HEALED, revoked: false });
    this.#fleet.killOthers();
    for (const post of this.#fleet.posts) {
      post.instance?.process.clearTrap();
      post.instance?.process.continue();
      post.start();
    }
  }

  #strikeProcess(fault: Fault): boolean {
    const fleet = this.#fleet;
    const post = fleet.pick();
    const struck = post.instance?.process;
    const { coverage } = this.#world;
    const trap = (operation: string, step: 'called' | 'answered', act: (process: SimulatedProcess) => void) =>
      struck?.setTrap({
        operation,
        step,
        spring: () => {
          if (this.#isHealed || post.instance?.process !== struck) return;
          coverage.reach(`fault: ${fault.kind}`);
          coverage.reach(`dies or stops at ${operation}`);
          act(struck);
        },
      });
    const stopFor = (process: SimulatedProcess, forMs: number) => {
      process.stop();
      this.#later(forMs, () => process.continue());
    };
    switch (fault.kind) {
      case 'kill':
        post.kill();
        return true;
      case 'kill at a step':
        trap(fault.operation, fault.step, () => post.kill());
        return true;
      case 'SIGTERM':
        post.terminate();
        return true;
      case 'SIGSTOP':
        if (struck) stopFor(struck, fault.forMs);
        return true;
      case 'SIGSTOP at a step':
        trap(fault.operation, fault.step, (process) => stopFor(process, fault.forMs));
        return true;
      case 'failover while stopped':
        trap(fault.operation, 'called', (process) => {
          stopFor(process, fault.forMs);
          fleet.failOver(post);
        });
        return true;
      case 'twin':
        this.#twin(fault.forMs);
        return true;
      case 'clock jump':
        if (!this.#world.plan.clocksAgree) struck?.setWallClockBy(fault.byMs);
        return true;
      default:
        return false;
    }
  }

  #strikeSurroundings(fault: Fault): void {
    const { cluster, disturbance, asana, plan } = this.#world;
    switch (fault.kind) {
      case 'node down':
        cluster.takeDown(fault.node);
        this.#later(fault.electionMs, () => cluster.elect());
        this.#later(fault.forMs, () => cluster.bringUp(fault.node));
        break;
      case 'leader moves':
        this.#moveLeaders(fault.everyMs, this.#world.time.nowMs + fault.forMs);
        break;
      case 'request goes wrong':
        disturbance.armed.set(fault.api, fault.fate);
        break;
      case 'losses':
        disturbance.losses = fault.share;
        this.#later(fault.forMs, () => {
          disturbance.losses = plan.kafkaLosses;
        });
        break;
      case 'send skipped':
        disturbance.skipsNextSend = true;
        break;
      case 'neighbour holds a transaction':
        void holdTransaction(this.#world, `neighbour-${++this.#neighbours}`, this.#dice, fault);
        break;
      case 'compaction':
        cluster.compact();
        break;
      case 'registry down':
        disturbance.registryIsDown = true;
        this.#later(fault.forMs, () => {
          disturbance.registryIsDown = false;
        });
        break;
      case 'asana down':
        asana.change({ faults: 1, faultKinds: transientFaultKinds });
        this.#later(fault.forMs, () =>
          asana.change({
            faults: plan.asana.faults ?? 0,
            faultKinds: plan.asana.faultKinds ?? transientFaultKinds,
          }),
        );
        break;
      case 'token revoked':
        asana.change({ revoked: true });
        this.#later(fault.forMs, () => {
          asana.change({ revoked: false });
          for (const post of this.#fleet.posts) post.terminate();
        });
        break;
    }
  }

  #twin(forMs: number): void {
    const other = this.#fleet.startOther();
    const isKilled = this.#dice.chance(0.5);
    this.#later(forMs, () => (isKilled ? other.process.crash() : other.terminate()));
  }

  #moveLeaders(everyMs: number, untilMs: number): void {
    const { cluster, time } = this.#world;
    if (this.#isHealed || time.nowMs > untilMs) return;
    for (const topic of cluster.topicNames) {
      const partitions = cluster.describeTopic(topic)?.partitions ?? 0;
      cluster.moveLeader(topic, this.#dice.whole(0, partitions - 1));
    }
    time.after(everyMs, () => this.#moveLeaders(everyMs, untilMs));
  }

  /** Also after everything has healed: only ends of faults come here. */
  #later(delayMs: number, end: () => void): void {
    this.#world.time.after(delayMs, () => {
      if (!this.#isHealed) end();
    });
  }
}
