import { STATUS_CODES } from 'node:http';
import { withoutAsanaTokens } from '../../config/secret.ts';
import type { ConnectorError } from '../../errors.ts';

// Of ASANA_NO_PROGRESS, it is a number of events.
const ANSWERED = /^Asana answered (\d{3})\b(?! events of )/;
const E_MAIL = /[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+\.[^\s@<>"'(),;:]+/g;
const BEARER = /\b(bearer|basic)\s+\S+/gi;
const USER_AND_PASSWORD = /(?<=:\/\/)[^\s/@]+@/g;
const URL_QUERY = /(?<=:\/\/[^\s?#]*)[?#]\S*/g;
const MAX_LENGTH = 400;
const MAX_CAUSES = 5;

/**
 * What happened, for a page that anybody in the network may read: without what came from Asana's bodies, which the log has. Whatever
 * a parser says quotes the text that it could not parse, and of an error that nobody foresaw, nobody knows what it quotes.
 */
export function publicMessage(error: ConnectorError): string {
  const status = ANSWERED.exec(error.message)?.[1];
  if (status !== undefined)
    return `Asana answered ${[status, STATUS_CODES[status]].filter(Boolean).join(' ')}`;
  if (error.code === 'INTERNAL') return 'something unforeseen happened; the log says what';
  return redact(withoutQuotation(error));
}

function withoutQuotation(error: ConnectorError): string {
  const parser = causesOf(error).find((cause) => cause instanceof SyntaxError);
  if (parser === undefined) return error.message;
  const { message } = parser;
  return message !== '' && error.message.endsWith(message)
    ? `${error.message.slice(0, -message.length)}it is not JSON`
    : 'something cannot be parsed; the log says what';
}

function causesOf(error: Error): Error[] {
  const causes: Error[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < MAX_CAUSES; cause = cause.cause)
    causes.push(cause);
  return causes;
}

/** The last line of defence: what looks like an address, a token or a query is none of a reader's business. */
const redact = (text: string): string =>
  withoutAsanaTokens(
    text
      .replace(USER_AND_PASSWORD, '')
      .replace(URL_QUERY, '')
      .replace(E_MAIL, '[redacted]')
      .replace(BEARER, '[redacted]'),
  )
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MAX_LENGTH);
