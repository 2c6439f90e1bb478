/** The processes of a run: those that are always started again, and others that should not be there. */

import { Dice } from './dice.ts';
import { type Instance, startInstance } from './instance.ts';
import { Post } from './post.ts';
import { START_MS, type World } from './world.ts';

const PURPOSE = 6;
const PICKS_PURPOSE = 13;
/** Streams of draws of the single processes begin here. */
const FIRST_PURPOSE = 100;
const MAX_SKEW_MS = 30_000;

export class Fleet {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #picks: Dice;
  readonly #posts: Post[] = [];
  readonly #others = new Set<Instance>();
  #started = 0;

  constructor(world: World) {
    this.#world = world;
    this.#dice = new Dice(world.plan.seed, PURPOSE);
    this.#picks = new Dice(world.plan.seed, PICKS_PURPOSE);
  }

  /** One of the processes that should run, for something to happen to; the only one, or drawn by lot. */
  pick(): Post {
    const [only, ...more] = this.#posts;
    return only !== undefined && more.length === 0 ? only : this.#picks.pick(this.#posts);
  }

  get posts(): readonly Post[] {
    return this.#posts;
  }

  /** One process more. */
  open(): void {
    const { time } = this.#world;
    const post = new Post({
      start: () => this.#start(),
      after: (delayMs, action) => time.after(delayMs, action),
      dice: this.#dice,
    });
    this.#posts.push(post);
    post.start();
  }

  /** One process less. */
  close(post: Post, by: 'SIGTERM' | 'kill'): void {
    this.#posts.splice(this.#posts.indexOf(post), 1);
    const leaving = post.close();
    if (leaving === undefined) return;
    this.#others.add(leaving);
    if (by === 'kill') leaving.process.crash();
    else leaving.terminate();
  }

  failOver(post: Post): void {
    const left = post.failOver();
    if (left !== undefined) this.#others.add(left);
  }

  startOther(): Instance {
    const other = this.#start();
    this.#others.add(other);
    return other;
  }

  /** Only those that should run are left. */
  killOthers(): void {
    for (const { process } of this.#others) process.crash();
    this.#others.clear();
  }

  /** SIGTERM to all; nothing is started any more. */
  end(): void {
    for (const post of this.#posts) post.close()?.terminate();
  }

  /** The names of the processes that run a stream now. */
  runnersOf(workspaceGid: string): string[] {
    return this.#posts.flatMap(({ instance }) =>
      instance?.running.has(workspaceGid) ? [instance.process.name] : [],
    );
  }

  #start(): Instance {
    const world = this.#world;
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
      },
      // Streams do not throw; what does is a defect of the simulation.
      (error: unknown) => world.fail(error),
    );
    return instance;
  }
}
