import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { isJsonObject, type JsonValue } from '../json.ts';

/** Node's, which it does not document; agents for proxies take requests over in the same way. */
interface RequestTaker {
  addRequest(request: ClientRequest, ...rest: unknown[]): void;
}

/**
 * Gives the client of the registry only answers that are whole, of at most `maxBytes`, and such that it survives them. By
 * itself it holds whatever comes in memory; it waits for ever where an answer breaks off; and an error whose body is `null`, or
 * whose message is no text, makes it throw where nobody can catch, which would end the process.
 */
export function vetAnswers(agent: Agent, maxBytes: number): Agent {
  const taker = agent as unknown as RequestTaker;
  const addRequest = taker.addRequest.bind(agent);
  taker.addRequest = (request, ...rest) => {
    const emit: (name: string | symbol, ...args: unknown[]) => boolean = request.emit.bind(request);
    request.emit = (name: string | symbol, ...args: unknown[]): boolean => {
      if (name !== 'response') return emit(name, ...args);
      const answer = args[0] as IncomingMessage;
      readAll(answer, maxBytes).then(
        (body) => emit('response', plainAnswer(answer, body)),
        (error) => {
          request.destroy();
          // Node would not tell the client, to whom the answer has not come yet.
          emit('error', error);
        },
      );
      return true;
    };
    addRequest(request, ...rest);
  };
  return agent;
}

async function readAll(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new Error(`an answer of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes);
}

/** As much of an answer as the client asks for. */
function plainAnswer({ statusCode = 0, headers }: IncomingMessage, body: Buffer): Readable {
  const text = statusCode >= 400 && !isBearable(body) ? 'an answer that is not a schema registry’s' : body;
  const answer = new Readable({ read: () => {} });
  answer.push(text);
  answer.push(null);
  return Object.assign(answer, { statusCode, headers });
}

/** Text, or an object with a message: the client prints anything else, and does not get through with that. */
function isBearable(body: Buffer): boolean {
  try {
    const error: JsonValue = JSON.parse(body.toString('utf8'));
    if (isJsonObject(error)) return typeof error.message === 'string' && error.message !== '';
    return error !== null && !Array.isArray(error);
  } catch {
    return true;
  }
}
