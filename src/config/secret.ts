import { inspect } from 'node:util';

const ASANA_TOKEN = /\b\d+\/\d+(?:\/\d+)?:[0-9a-z]{8,}/gi;

/** A text without whatever looks like a token of Asana, known or not. */
export const withoutAsanaTokens = (text: string): string => text.replace(ASANA_TOKEN, '[redacted]');

/** A secret that prints as `[redacted]` everywhere; only {@link Secret.reveal} gives it out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  /** A text in which it may stand, as it is or as JSON or a URL would have it, without it. */
  removeFrom(text: string): string {
    const forms = [this.#value, JSON.stringify(this.#value).slice(1, -1), encodeURIComponent(this.#value)];
    return forms.reduce((rest, form) => rest.replaceAll(form, '[redacted]'), text);
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}
