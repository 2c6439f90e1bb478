import type { Page, PageSource } from '../asana/client.ts';
import type { PageEvent } from '../asana/page.ts';
import { PatientClient, RefusedForGood } from '../asana/patient-client.ts';
import type { Query } from '../asana/query.ts';
import type { Clock } from '../clock.ts';
import { ConnectorError, toConnectorError } from '../errors.ts';

export interface ImpatientPorts {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

const PATIENCE_MS = 10 * 60_000;

/**
 * Asana for whoever reads once and ends: a question that is not answered in ten minutes is given up, as {@link RefusedForGood}
 * where Asana answers others, and with its own error where it answers none. A stream would wait for as long as it takes.
 */
export class ImpatientSource<E extends PageEvent> implements PageSource<E> {
  readonly #client: PageSource<E>;
  readonly #clock: Clock;
  readonly #others: PatientClient<E>;

  constructor(client: PageSource<E>, { clock, random }: ImpatientPorts) {
    this.#client = client;
    this.#clock = clock;
    const limited = { fetchPage: this.#fetchInTime.bind(this) };
    this.#others = new PatientClient(limited, 0, { clock, random, onRefused: () => {} });
  }

  async fetchPage(query: Query, offset: string | undefined, signal: AbortSignal): Promise<Page<E>> {
    try {
      return await this.#fetchInTime(query, offset, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toConnectorError(thrown);
      const isTransient = error.disposition === 'retry-request';
      if (!isTransient && error.code !== 'ASANA_REQUEST_REFUSED') throw error;
      const isRateLimited = error.code === 'ASANA_RATE_LIMITED';
      const control = isRateLimited ? 'down' : await this.#others.control(query, signal);
      if (control === 'answered') throw new RefusedForGood(query, error);
      if (!isTransient) throw error;
      const minutes = PATIENCE_MS / 60_000;
      throw new ConnectorError(error.code, `no page for ${minutes} minutes: ${error.message}`, {
        cause: error,
      });
    }
  }

  #fetchInTime(
    query: Query,
    offset: string | undefined,
    signal: AbortSignal,
    isEnough: (failure: ConnectorError) => boolean = () => false,
  ): Promise<Page<E>> {
    const startedMs = this.#clock.monotonicMs();
    const isLate = () => this.#clock.monotonicMs() - startedMs >= PATIENCE_MS;
    return this.#client.fetchPage(query, offset, signal, (failure) => isEnough(failure) || isLate());
  }
}
