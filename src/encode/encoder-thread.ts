/** What runs in the encoder's thread: answers each request in turn. */

import { parentPort, workerData } from 'node:worker_threads';
import { giveBack } from '../byte-range.ts';
import { toConnectorError } from '../errors.ts';
import { hiderOf } from '../privacy/hiding.ts';
import { memoryOf } from './encoded-page.ts';
import type { EncodeAnswer, EncodeRequest } from './encoder-messages.ts';
import { PageWriter } from './page-writer.ts';

const writer = new PageWriter(hiderOf(workerData));

parentPort?.on('message', ({ id, body, workspaceGid }: EncodeRequest) => {
  try {
    const page = writer.write(Buffer.from(body.buffer, body.byteOffset, body.byteLength), workspaceGid);
    parentPort?.postMessage({ id, page } satisfies EncodeAnswer, memoryOf(page));
  } catch (thrown) {
    const { code, message } = toConnectorError(thrown);
    parentPort?.postMessage({ id, failure: { code, message } } satisfies EncodeAnswer);
  } finally {
    giveBack(body);
  }
});

// A request that cannot be read has no id to answer to. The thread ends, and so fails all that it was asked for.
parentPort?.on('messageerror', (error) => {
  throw error;
});
