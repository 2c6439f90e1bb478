/** Answers on the wire, good and bad. */

import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import { drained } from './drained.ts';
import type { Answer } from './errors.ts';
import type { Delivery } from './faults.ts';

export interface DeliveryContext {
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly acceptsGzip: boolean;
  readonly slowBytesPerSecond: number;
}

const compress = promisify(gzip);

const HUGE_BYTES = 1_000_000_000;
const CHUNK_BYTES = 1 << 20;
const SLOW_STEP_MS = 100;

export async function deliver(
  delivery: Delivery,
  response: ServerResponse,
  context: DeliveryContext,
): Promise<void> {
  switch (delivery.how) {
    case 'whole':
      return sendWhole(delivery.answer, response, context);
    case 'wrong-length':
      return sendShort(delivery.answer, response);
    case 'slow':
      return sendSlowly(delivery.answer, response, context);
    case 'reset':
      return sendPart(delivery.answer, response, () => response.socket?.resetAndDestroy());
    case 'hang':
      return sendPart(delivery.answer, response, () => undefined);
    case 'huge':
      return sendHuge(response);
    case 'gzip-bomb':
      return sendBomb(response);
  }
}

export async function sendWhole(
  answer: Answer,
  response: ServerResponse,
  context: DeliveryContext,
): Promise<void> {
  const plain = Buffer.from(answer.body);
  const isCompressed = context.acceptsGzip && plain.length > 0;
  const body = isCompressed ? await compress(plain, { level: 1 }) : plain;
  const encoding = isCompressed ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(answer.status, { ...answer.headers, ...encoding, 'content-length': body.length });
  response.end(body);
}

/** Promises more bytes than it sends. */
function sendShort(answer: Answer, response: ServerResponse): void {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length + 100 });
  response.write(body, () => response.destroy());
}

/** Half of the body, or (every other time) not even the headers; then `finish`. */
function sendPart(answer: Answer, response: ServerResponse, finish: () => void): void {
  const body = Buffer.from(answer.body);
  if (body.length % 2 === 0) {
    finish();
    return;
  }
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
  response.write(body.subarray(0, body.length >> 1), finish);
}

async function sendSlowly(answer: Answer, response: ServerResponse, context: DeliveryContext): Promise<void> {
  const body = Buffer.from(answer.body);
  const step = Math.max(1, Math.floor((context.slowBytesPerSecond * SLOW_STEP_MS) / 1_000));
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    response.write(body.subarray(at, at + step));
    await context.wait(SLOW_STEP_MS, context.signal);
  }
  response.end();
}

/** A gigabyte inside one JSON string, as fast as the client takes it. */
async function sendHuge(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' });
  response.write('{"data":["');
  const chunk = Buffer.alloc(CHUNK_BYTES, 'a');
  for (let sent = 0; sent < HUGE_BYTES && !response.destroyed; sent += CHUNK_BYTES) {
    if (response.write(chunk)) continue;
    await drained(response);
  }
  response.end('"],"next_page":null}');
}

/** A gigabyte of spaces in a megabyte: gzip streams may be put one after the other. */
function sendBomb(response: ServerResponse): void {
  const member = gzipSync(Buffer.alloc(16 * CHUNK_BYTES, ' '));
  const bomb = Buffer.concat(Array.from({ length: 64 }, () => member));
  response.writeHead(200, {
    'content-type': 'application/json; charset=UTF-8',
    'content-encoding': 'gzip',
    'content-length': bomb.length,
  });
  response.end(bomb);
}
