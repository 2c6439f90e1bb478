/** What runs in the encoder's thread: answers each request in turn. */

import { parentPort, workerData } from 'node:worker_threads';
import { RecordWriter } from '../avro/record-writer.ts';
import { toConnectorError } from '../errors.ts';
import { hiderOf } from '../privacy/hiding.ts';
import { encodePage } from './encode-page.ts';
import { memoryOf } from './encoded-page.ts';
import type { EncodeAnswer, EncodeRequest } from './encoder-messages.ts';

const hide = hiderOf(workerData);
const writer = new RecordWriter();

parentPort?.on('message', ({ id, body, workspaceGid }: EncodeRequest) => {
  try {
    const page = encodePage(body, workspaceGid, hide, writer);
    parentPort?.postMessage({ id, page } satisfies EncodeAnswer, memoryOf(page));
  } catch (thrown) {
    const { code, message } = toConnectorError(thrown);
    parentPort?.postMessage({ id, failure: { code, message } } satisfies EncodeAnswer);
  }
});

// Nor can a request be answered that cannot be read: the thread ends, and with it what it was asked for.
parentPort?.on('messageerror', (error) => {
  throw error;
});
