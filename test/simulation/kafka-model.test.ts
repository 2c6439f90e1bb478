import { Coverage } from './coverage.ts';
import { Dice } from './dice.ts';
import { History } from './history.ts';
import { ModelKafkaClient } from './kafka-client.ts';
import { describeKafkaContract } from './kafka-contract.ts';
import { KafkaModel } from './kafka-model.ts';
import { KafkaNetwork } from './kafka-network.ts';
import { SimulatedProcess } from './process.ts';
import { createTrace } from './trace.ts';
import { VirtualTime } from './virtual-time.ts';

const START_MS = Date.UTC(2026, 5, 15, 12);

/** A client of a cluster that works, on virtual time that passes while somebody waits. */
function setUp() {
  const dice = new Dice(1, 1);
  const time = new VirtualTime(dice.random);
  const trace = createTrace(() => time.nowMs);
  const coverage = new Coverage();
  const now = () => Math.floor(START_MS + time.nowMs);
  const cluster = new KafkaModel({ time, dice, now, note: trace.note, coverage });
  const network = new KafkaNetwork({
    time,
    dice,
    cluster,
    coverage,
    fateOf: () => 'well',
    latencyMs: () => dice.scale(1, 20),
  });
  const process = new SimulatedProcess('test', time, START_MS, trace);
  const client = new ModelKafkaClient(
    { process, cluster, network, coverage, dice, history: new History() },
    { longPollMs: 500, transactionTimeoutMs: 60_000, fetchBatches: () => 2, isSendSkipped: () => false },
  );
  const drive = async <Result>(work: Promise<Result>): Promise<Result> => {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    work.then(settle, settle);
    await time.run(() => isSettled);
    return work;
  };
  return { open: async () => client, close: async () => {}, drive, now };
}

describeKafkaContract('the model', setUp());
