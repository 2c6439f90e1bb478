import type { Disposition } from './disposition.ts';
import { ERRORS, type ErrorCode, type ErrorDefinition } from './error-list.ts';

/** Every error that this project throws on purpose. `message` says what happened, with the names; `nextStep` what to do. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get disposition(): Disposition {
    return ERRORS[this.code].disposition;
  }

  get nextStep(): string {
    return ERRORS[this.code].nextStep;
  }

  /** Where it has ended a command, which then does not try again by itself. */
  get commandNextStep(): string {
    const { nextStep, commandNextStep = nextStep }: ErrorDefinition = ERRORS[this.code];
    return commandNextStep;
  }
}

/** Whatever was thrown, as one of ours: what we did not foresee is INTERNAL, never swallowed. */
export function toConnectorError(thrown: unknown): ConnectorError {
  if (thrown instanceof ConnectorError) return thrown;
  return new ConnectorError('INTERNAL', messageOf(thrown), { cause: thrown });
}

/** An error as fields of a log line. */
export function describe(error: ConnectorError): Record<string, string> {
  return { code: error.code, error: error.message, next_step: error.nextStep };
}

/** What was thrown, in words. A connect that failed on several addresses has a text only for each of them. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.message === '' && thrown instanceof AggregateError)
    return thrown.errors.map(messageOf).join('; ');
  return thrown.message || thrown.name;
}
