/** The demo's course: catch up, follow the live events, come to rest, verify. */

import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../command.ts';
import { comparedEvents, renderProof } from './proof.ts';
import { makeSample, type Sample, stalledForMs } from './sample.ts';
import { CONNECTOR, type DemoServices, failWhenEnded } from './services.ts';

/** Whoever shows the course: a live screen, or lines in a log. */
export type Presenter = {
  phase(title: string): void;
  samples(samples: readonly Sample[]): Promise<void>;
};

const SAMPLE_INTERVAL_MS = 500;
const KEPT_SAMPLES = 240;
const STALL_LIMIT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 5_000;
const STOP_GRACE_MS = 30_000;
const VERIFY_TIMEOUT_MS = 1_800_000;

export class DemoRun {
  readonly #services: DemoServices;
  readonly #presenter: Presenter;
  readonly #failed: Promise<never>;
  #samples: Sample[] = [];

  constructor(services: DemoServices, presenter: Presenter) {
    this.#services = services;
    this.#presenter = presenter;
    this.#failed = failWhenEnded(services.connector, 'the connector', services.connectorLog);
    // It always ends at last; that matters only while somebody follows it.
    this.#failed.catch(() => undefined);
  }

  /** Until everything that is there now is committed, or the signal aborts. */
  async catchUp(title: string, signal: AbortSignal): Promise<void> {
    this.#presenter.phase(title);
    const target = await this.#countVisible();
    await this.#follow(({ committed }) => committed >= target, signal);
  }

  /** Until the signal aborts. */
  async followLive(title: string, signal: AbortSignal): Promise<void> {
    this.#presenter.phase(title);
    await this.#follow(() => false, signal);
  }

  async stopLiveRate(): Promise<void> {
    const answer = await fetch(`${this.#services.simulatorUrl}/simulator/options`, {
      method: 'POST',
      body: JSON.stringify({ rate: 0 }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    if (!answer.ok)
      throw new Error(`the simulator refused to stop its live rate: ${answer.status} ${await answer.text()}`);
  }

  /** SIGTERM; throws when the connector does not take it as an orderly end. */
  async stopConnector(): Promise<void> {
    this.#presenter.phase('stopping the connector');
    const { code, signal } = await this.#services.connector.stop(STOP_GRACE_MS);
    if (code !== 0) {
      const how = signal ?? `exit code ${code}`;
      throw new Error(`the connector answered SIGTERM with ${how}; its log: ${this.#services.connectorLog}`);
    }
  }

  /** Has the connector's own `verify` compare source and topic. Returns its report; throws unless everything is there exactly once. */
  async verify(): Promise<{ report: string; proven: string }> {
    this.#presenter.phase('verifying: every event of the simulated Asana against the events topic');
    const visible = await this.#countVisible();
    const { exitCode, stdout, stderr } = await runCommand({
      command: CONNECTOR,
      // Up to now: by default it leaves out the last minute, and with it the live events.
      args: ['verify', '--to', new Date().toISOString()],
      env: this.#services.connectorEnv,
      timeoutMs: VERIFY_TIMEOUT_MS,
    });
    // It ends with 0, too, where something is left to the next sweep.
    if (exitCode !== 0 || !stdout.includes('  proven: '))
      throw new Error(`NOT proven: verify ended with ${exitCode}\n${stdout}${stderr}`);
    const compared = comparedEvents(stdout);
    if (compared !== visible) {
      throw new Error(
        `NOT proven: verify compared ${compared} of the ${visible} events of the simulator\n${stdout}`,
      );
    }
    return { report: stdout, proven: renderProof(visible) };
  }

  async #follow(isReached: (sample: Sample) => boolean, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const sample = await Promise.race([this.#failed, this.#takeSample()]);
      this.#samples = [...this.#samples, sample].slice(-KEPT_SAMPLES);
      await this.#presenter.samples(this.#samples);
      if (isReached(sample)) return;
      if (stalledForMs(this.#samples) >= STALL_LIMIT_MS) {
        throw new Error(
          `the connector has committed nothing for ${STALL_LIMIT_MS / 1_000} s; its log: ${this.#services.connectorLog}`,
        );
      }
      // An abort only ends the pause; the loop's condition does the rest.
      await Promise.race([
        this.#failed,
        sleep(SAMPLE_INTERVAL_MS, undefined, { signal }).catch(() => undefined),
      ]);
    }
  }

  async #takeSample(): Promise<Sample> {
    const visible = await this.#countVisible();
    // It answers only once it has started.
    const page = await fetchText(this.#services.metricsUrl).catch(() => undefined);
    return makeSample(performance.now(), visible, page);
  }

  async #countVisible(): Promise<number> {
    const status: unknown = JSON.parse(await fetchText(`${this.#services.simulatorUrl}/simulator/status`));
    if (typeof status === 'object' && status !== null && 'events_visible' in status) {
      return Number(status.events_visible);
    }
    throw new Error('the simulator’s status has no events_visible');
  }
}

async function fetchText(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.text();
}
