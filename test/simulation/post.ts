/** A place for a process: whoever looks after it starts it again, whatever has ended it. */

import type { Dice } from './dice.ts';
import type { Instance } from './instance.ts';

export interface PostPorts {
  readonly start: () => Instance;
  readonly after: (delayMs: number, action: () => void) => void;
  readonly dice: Dice;
}

export class Post {
  readonly #ports: PostPorts;
  #instance: Instance | undefined;
  #isClosed = false;

  constructor(ports: PostPorts) {
    this.#ports = ports;
  }

  /** Undefined while it is being started again. */
  get instance(): Instance | undefined {
    return this.#instance;
  }

  start(): void {
    if (this.#instance !== undefined || this.#isClosed) return;
    const instance = this.#ports.start();
    this.#instance = instance;
    instance.ended.then(
      () => {
        if (instance === this.#instance) this.#replace(this.#ports.dice.scale(100, 10_000));
      },
      () => {},
    );
  }

  /** kill -9 */
  kill(): void {
    this.#instance?.process.crash();
    this.#replace(this.#ports.dice.scale(50, 20_000));
  }

  /** The process is taken for dead, and another one started in its place at once. Gives the one that is left alone. */
  failOver(): Instance | undefined {
    const left = this.#instance;
    this.#replace(this.#ports.dice.scale(1, 2_000));
    return left;
  }

  /** SIGTERM */
  terminate(): void {
    this.#instance?.terminate();
  }

  /** Nothing is started here any more. Gives the process that is still there. */
  close(): Instance | undefined {
    this.#isClosed = true;
    return this.#instance;
  }

  #replace(delayMs: number): void {
    this.#instance = undefined;
    this.#ports.after(delayMs, () => this.start());
  }
}
