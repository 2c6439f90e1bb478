import { expect, test } from 'vitest';
import type { PageSource } from '../../src/asana/client.ts';
import type { KafkaClient } from '../../src/kafka/client.ts';
import type { SourceEvent } from '../../src/verify/source-event.ts';
import { verifyWorkspace } from '../../src/verify/verify.ts';

const never = new AbortController().signal;
const REQUEST = {
  workspaceGid: '1',
  eventsTopic: 'events',
  filters: {},
  fromMs: 0,
  toMs: 1_000,
  nowMs: 1_000,
  excuses: { republished: [], gaps: [] },
};

// A wrong EVENTS_TOPIC used up the request budget for all that Asana has, and called all of it missing.
test('a topic that does not exist is said before Asana is asked for anything', async () => {
  let asked = 0;
  const asana: PageSource<SourceEvent> = {
    fetchPage: async () => {
      asked++;
      throw new Error('Asana was asked');
    },
  };
  const kafka = { describeTopic: async () => undefined } as Partial<KafkaClient> as KafkaClient;
  const decode = () => Promise.reject(new Error('there is no record'));

  const verified = verifyWorkspace(REQUEST, { asana, kafka, decode, onProgress: () => undefined }, never);

  await expect(verified).rejects.toMatchObject({
    code: 'TOPIC_MISSING',
    message: 'the topic events does not exist',
  });
  expect(asked).toBe(0);
});
