/** The processes of a run: one that is always started again, and others that should not be there. */

import { Dice } from './dice.ts';
import { type Instance, startInstance } from './instance.ts';
import { START_MS, type World } from './world.ts';

const PURPOSE = 6;
/** Streams of draws of the single processes begin here. */
const FIRST_PURPOSE = 100;
const MAX_SKEW_MS = 30_000;

export class Fleet {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #others = new Set<Instance>();
  #main: Instance | undefined;
  #started = 0;
  #isOver = false;

  constructor(world: World) {
    this.#world = world;
    this.#dice = new Dice(world.plan.seed, PURPOSE);
  }

  /** The process that should run; undefined while it is being started again. */
  get main(): Instance | undefined {
    return this.#main;
  }

  startMain(): void {
    if (this.#main !== undefined || this.#isOver) return;
    this.#main = this.#start();
  }

  /** kill -9, and whoever looks after the process starts it again. */
  killMain(): void {
    this.#main?.process.crash();
    this.#replaceMain(this.#dice.scale(50, 20_000));
  }

  /** The process is taken for dead, and another one started in its place at once. */
  failOver(): void {
    if (this.#main !== undefined) this.#others.add(this.#main);
    this.#replaceMain(this.#dice.scale(1, 2_000));
  }

  startOther(): Instance {
    const other = this.#start();
    this.#others.add(other);
    return other;
  }

  /** Only the one that should run is left. */
  killOthers(): void {
    for (const { process } of this.#others) process.crash();
    this.#others.clear();
  }

  /** SIGTERM to the last one; nothing is started any more. */
  end(): void {
    this.#isOver = true;
    this.#main?.terminate();
  }

  #replaceMain(delayMs: number): void {
    this.#main = undefined;
    this.#world.time.after(delayMs, () => this.startMain());
  }

  #start(): Instance {
    const { world } = { world: this.#world };
    const count = ++this.#started;
    const skewMs = world.plan.clocksAgree ? 0 : this.#dice.whole(-MAX_SKEW_MS, MAX_SKEW_MS);
    const name = `p${count}`;
    world.trace.note(`${name} starts`);
    const instance = startInstance(world, name, START_MS + skewMs, FIRST_PURPOSE + count);
    instance.ended.then(
      (outcomes) => {
        for (const outcome of outcomes) {
          world.coverage.reach(
            outcome.ended === 'failed' ? `ends with ${outcome.error.code}` : `ends: ${outcome.ended}`,
          );
        }
        world.trace.note(`${name} exits`);
        this.#others.delete(instance);
        if (instance === this.#main) this.#replaceMain(this.#dice.scale(100, 10_000));
      },
      // Streams do not throw; what does is a defect of the simulation.
      (error: unknown) => world.fail(error),
    );
    return instance;
  }
}
