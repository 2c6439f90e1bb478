/** Asana: the project's own simulator, reached through {@link HttpGet} on virtual time, without sockets. */

import { Admission } from '../../simulator/admission.ts';
import { answerPage, renderPage } from '../../simulator/endpoint.ts';
import { type Answer, Refusal } from '../../simulator/errors.ts';
import { applyFault, type Delivery } from '../../simulator/faults.ts';
import { OffsetTokens } from '../../simulator/offsets.ts';
import { mergeOptions, type SimulatorOptions, simulatorDefaults } from '../../simulator/options.ts';
import { SimulatorState } from '../../simulator/state.ts';
import type { HttpAnswer, HttpGet } from '../../src/asana/http.ts';
import { ConnectorError } from '../../src/errors.ts';
import type { Coverage } from './coverage.ts';
import type { Dice } from './dice.ts';
import type { SimulatedProcess } from './process.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface AsanaPorts {
  readonly time: VirtualTime;
  readonly dice: Dice;
  /** Of the machine that Asana runs on, epoch milliseconds. */
  readonly now: () => number;
  readonly coverage: Coverage;
  readonly latencyMs: () => number;
}

const ORIGIN = 'https://asana.invalid';
const PATH = /\/workspaces\/([^/]+)\/audit_log_events$/;
const DEADLINE_MS = 60_000;
const SLOW_MS = 8_000;

export class AsanaModel {
  readonly state: SimulatorState;
  readonly #ports: AsanaPorts;
  readonly #admission = new Admission();
  readonly #offsets: OffsetTokens;

  constructor(options: Partial<SimulatorOptions>, ports: AsanaPorts) {
    const merged = mergeOptions(simulatorDefaults, options);
    if ('problems' in merged) throw new TypeError(merged.problems.join('; '));
    this.#ports = ports;
    this.state = new SimulatorState(merged.options, ports.now);
    this.#offsets = new OffsetTokens(Buffer.alloc(32, merged.options.seed));
  }

  readonly baseUrl = new URL(`${ORIGIN}/api/1.0`);

  /** Changes switches from now on. */
  change(options: Partial<SimulatorOptions>): void {
    const problems = this.state.change(options);
    if (problems.length > 0) throw new TypeError(problems.join('; '));
  }

  /** What a process asks through; `onRequest` is told when a request leaves. */
  httpGet(process: SimulatedProcess, onRequest: (token: string) => void): HttpGet {
    return (url, headers, signal) =>
      process.call(`GET ${url.pathname.split('/').at(-2)}${url.search.slice(0, 60)}`, () => {
        signal.throwIfAborted();
        onRequest(headers.authorization ?? '');
        return this.#exchange(process, url, headers, signal);
      });
  }

  #exchange(
    process: SimulatedProcess,
    url: URL,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const { time, latencyMs } = this.#ports;
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const end = (delayMs: number, settle: () => void) =>
        time.after(delayMs, () =>
          process.deliver(() => {
            signal.removeEventListener('abort', onAbort);
            settle();
          }),
        );
      const fail = (delayMs: number, why: string) =>
        end(delayMs, () => reject(new ConnectorError('ASANA_UNREACHABLE', why)));
      const answered = (delivery: Delivery) => {
        if (delivery.how === 'whole' || delivery.how === 'slow') {
          // Dated when it was made: on its way it grows old.
          const answer = this.#httpAnswer(delivery.answer);
          end(delivery.how === 'slow' ? SLOW_MS : latencyMs(), () => resolve(answer));
        } else if (delivery.how === 'hang') fail(DEADLINE_MS, 'no whole answer in time');
        else fail(latencyMs(), `the answer ended early (${delivery.how})`);
      };
      time.after(latencyMs(), () => {
        void this.#handle(url, headers.authorization).then(answered, reject);
      });
    });
  }

  async #handle(url: URL, authorization: string | undefined): Promise<Delivery> {
    const { state } = this;
    const gid = PATH.exec(url.pathname)?.[1] ?? '';
    state.countRequest();
    try {
      this.#admission.admit(authorization, gid, state.nowMs(), state.options)();
      return await this.#page(gid, url.searchParams);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#ports.coverage.reach(`asana answers ${error.answer.status}`);
      return { how: 'whole', answer: error.answer };
    }
  }

  async #page(gid: string, query: URLSearchParams): Promise<Delivery> {
    const { state } = this;
    const { dice, coverage } = this.#ports;
    const { options } = state;
    const workspace = state.workspaces.get(gid);
    if (workspace === undefined) throw new RangeError(`no workspace ${gid}`);
    state.advance();
    const page = await answerPage(workspace, query, {
      options,
      offsets: this.#offsets,
      random: dice.random,
      baseUrl: ORIGIN,
      nowMs: state.nowMs(),
      pause: async () => {},
    });
    if (!dice.chance(options.faults)) return { how: 'whole', answer: renderPage(page, dice.whole(0, 1)) };
    const kind = dice.pick(options.faultKinds);
    coverage.reach(`asana fault: ${kind}`);
    return applyFault(kind, page, query.get('offset'), dice.random);
  }

  #httpAnswer({ status, headers, body }: Answer): HttpAnswer {
    const { dateHeader } = this.state.options;
    const date = dateHeader ? { date: new Date(this.state.nowMs()).toUTCString() } : {};
    return { status, headers: { ...date, ...headers }, body: Buffer.from(body) };
  }
}
