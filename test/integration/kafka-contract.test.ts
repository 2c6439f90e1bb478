import { describeKafkaContract } from '../simulation/kafka-contract.ts';
import { createTestClient } from '../support/topic.ts';

let client: ReturnType<typeof createTestClient> | undefined;

describeKafkaContract('a real broker', {
  open: async () => {
    client = createTestClient();
    return client;
  },
  close: async () => {
    await client?.close();
  },
  drive: (work) => work,
  now: Date.now,
});
