/** The two ways to show the demo's course: a live screen on a terminal, lines anywhere else. */

import type { Presenter } from './run.ts';
import type { DemoServices } from './services.ts';
import { EVENTS_TOPIC } from './services.ts';
import { EventTail } from './tail.ts';
import { renderEvent, renderProgress, renderScreen } from './view.ts';

const LINE_INTERVAL_MS = 2_000;
const TAIL_INTERVAL_MS = 2_000;

const ALTERNATE_SCREEN = '\x1b[?1049h\x1b[?25l';
const NORMAL_SCREEN = '\x1b[?25h\x1b[?1049l';
const HOME_AND_CLEAR = '\x1b[H\x1b[2J';

/** The newest events, looked up at most once in a while and never more than one look at a time. */
class LatestEvents {
  readonly #services: DemoServices;
  #tail: EventTail | undefined;
  #nextLookMs = 0;

  constructor(services: DemoServices) {
    this.#services = services;
  }

  /** A line each; a failure is shown in their place, because the demo is not about this consumer. */
  async lines(nowMs: number): Promise<string[]> {
    try {
      if (nowMs >= this.#nextLookMs) {
        this.#nextLookMs = nowMs + TAIL_INTERVAL_MS;
        this.#tail ??= await EventTail.open({
          brokers: this.#services.kafkaBrokers,
          schemaRegistryUrl: this.#services.schemaRegistryUrl,
          topic: EVENTS_TOPIC,
          groupId: 'demo-tail',
        });
        await this.#tail.refresh();
      }
      return (this.#tail?.latest() ?? []).map(renderEvent);
    } catch (error) {
      return [`(not readable now: ${error instanceof Error ? error.message : error})`];
    }
  }

  async close(): Promise<void> {
    await this.#tail?.close();
  }
}

/** Draws over the whole terminal until it is disposed of. */
export function presentOnScreen(
  services: DemoServices,
  output: NodeJS.WriteStream,
): Presenter & AsyncDisposable {
  const events = new LatestEvents(services);
  let title = '';
  output.write(ALTERNATE_SCREEN);
  const restore = () => void output.write(NORMAL_SCREEN);
  // Also when the process is ended at once: the terminal belongs to somebody.
  process.once('exit', restore);
  return {
    phase(next) {
      title = next;
    },
    async samples(samples) {
      const nowMs = samples.at(-1)?.atMs ?? 0;
      const committed = samples.at(-1)?.committed ?? 0;
      const latestEvents = committed > 0 ? await events.lines(nowMs) : [];
      const screen = renderScreen({
        title: `asana-audit-kafka demo: ${title}`,
        samples,
        latestEvents,
        addresses: services.addresses,
        width: output.columns || 80,
      });
      output.write(`${HOME_AND_CLEAR}${screen}\n`);
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', restore);
      restore();
      await events.close();
    },
  };
}

/** A line when something new begins, and one every few seconds. */
export function presentAsLines(say: (line: string) => void): Presenter & AsyncDisposable {
  let nextLineMs = 0;
  return {
    phase(title) {
      say(title);
      nextLineMs = 0;
    },
    async samples(samples) {
      const nowMs = samples.at(-1)?.atMs ?? 0;
      if (nowMs < nextLineMs) return;
      nextLineMs = nowMs + LINE_INTERVAL_MS;
      say(`  ${renderProgress(samples)}`);
    },
    async [Symbol.asyncDispose]() {},
  };
}
