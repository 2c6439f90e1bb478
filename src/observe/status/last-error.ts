import { isoTime } from '../../clock.ts';
import type { ErrorCode } from '../../error-list.ts';
import type { ConnectorError } from '../../errors.ts';
import type { ErrorStatus } from './document.ts';
import { publicMessage } from './public-message.ts';

/** What an error is about, and so what shows that it is over. */
export type ErrorOrigin = 'session' | 'request' | 'stream';

interface Happened {
  readonly origin: ErrorOrigin;
  readonly code: ErrorCode;
  readonly message: string;
  readonly nextStep: string;
  readonly sinceMs: number;
  readonly atMs: number;
  readonly skipAtMs: number | undefined;
  readonly isOngoing: boolean;
}

/** The last error of a stream. Only words of our own are kept. */
export class LastError {
  #last: Happened | undefined;

  /** @param nowMs epoch milliseconds */
  happened(error: ConnectorError, origin: ErrorOrigin, nowMs: number, skipAtMs?: number): void {
    const before = this.#last?.isOngoing ? this.#last : undefined;
    this.#last = {
      origin,
      code: error.code,
      message: publicMessage(error),
      nextStep: error.nextStep,
      sinceMs: before?.sinceMs ?? nowMs,
      atMs: nowMs,
      // The refusals that go on between two of these do not know of it.
      skipAtMs: skipAtMs ?? before?.skipAtMs,
      isOngoing: true,
    };
  }

  healed(origin: ErrorOrigin): void {
    if (this.#last?.origin === origin) this.#last = { ...this.#last, isOngoing: false };
  }

  read(): ErrorStatus | null {
    if (this.#last === undefined) return null;
    const { code, message, nextStep, sinceMs, atMs, skipAtMs, isOngoing } = this.#last;
    return {
      code,
      message,
      next_step: nextStep,
      since: isoTime(sinceMs),
      at: isoTime(atMs),
      ongoing: isOngoing,
      skip_at: skipAtMs !== undefined && isOngoing ? isoTime(skipAtMs) : null,
    };
  }
}
