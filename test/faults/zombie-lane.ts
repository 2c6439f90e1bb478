/** Instances that are stopped for longer than their transactions last, and wake up after another one has taken over. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pick } from '../../simulator/random.ts';
import { startConcurrentReader } from './concurrent-reader.ts';
import { environmentOn, eventsTopicOf, type Running, startRunning, stateTopicOf } from './connector.ts';
import { type LanePorts, type LaneReport, NOTHING_DONE } from './lane.ts';
import { timeToNextCommit } from './progress.ts';
import { startProxiedKafka } from './proxied-kafka.ts';
import { startSource } from './source.ts';
import { takeStock } from './stock.ts';
import { TransactionWatch } from './transaction-watch.ts';

export interface ZombiePlan {
  readonly zombies: number;
  readonly events: number;
  readonly rate: number;
}

const NAME = 'zombies';
const TRANSACTION_TIMEOUT_MS = 2_000;
const STOPPED_FOR_MS = 2 * TRANSACTION_TIMEOUT_MS;
const AIM_TIMEOUT_MS = 10_000;
const END_TIMEOUT_MS = 60_000;
const COMMIT_TIMEOUT_MS = 60_000;
// Where it is stopped; the bytes of each have passed, so that nothing but the stop happens to it.
const STOP_POINTS = ['begin sent', 'commit sent', 'commit acknowledged'] as const;

export async function zombieLane(plan: ZombiePlan, ports: LanePorts): Promise<LaneReport> {
  const { registryUrl, folder, progress } = ports;
  const watch = new TransactionWatch(
    { events: eventsTopicOf(NAME), state: stateTopicOf(NAME) },
    () => undefined,
  );
  const kafka = await startProxiedKafka(watch.see, {
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500',
  });
  const running = new Set<Running>();
  const reader = startConcurrentReader(NAME, kafka.direct);
  try {
    const source = await startSource(
      { events: plan.events, rate: plan.rate, latency: '10ms', 'requests-per-minute': 0 },
      folder,
      NAME,
    );
    const environment = environmentOn(
      { name: NAME, asanaUrl: source.baseUrl, brokers: kafka.proxied, registryUrl },
      { KAFKA_TRANSACTION_TIMEOUT: `${TRANSACTION_TIMEOUT_MS}ms` },
    );
    let instances = 0;
    const start = async (): Promise<Running> => {
      const instance = await startRunning(environment, join(folder, `${NAME}-${instances++}.log`));
      running.add(instance);
      return instance;
    };
    try {
      const problems: string[] = [];
      let open = 0;
      let zombiesEnded = 0;
      let holder = await start();
      await timeToNextCommit(holder, 'of the first instance', COMMIT_TIMEOUT_MS);
      for (let at = 0; at < plan.zombies; at++) {
        const round = await makeZombie(holder, at, start, watch, ports.random);
        if (round.open) open++;
        if (round.ended === 'zombie') zombiesEnded++;
        problems.push(...round.problems);
        holder = round.survivor ?? (await start());
        if ((at + 1) % 5 === 0) progress(`${at + 1} zombies`);
      }
      await holder.stop(9_000);
      watch.reset();
      const stock = await takeStock({
        name: NAME,
        brokers: kafka.direct,
        registryUrl,
        source,
        environment,
        reader,
      });
      const notes = [
        `zombies stopped with a transaction open or being committed: ${open} of ${plan.zombies}; in ${zombiesEnded} rounds the zombie was the one to end, in the others the successor did`,
      ];
      return { ...NOTHING_DONE, lane: NAME, zombies: plan.zombies, stock, problems, notes };
    } finally {
      for (const instance of running) await instance.stop(500);
      await source.close();
    }
  } finally {
    await reader.close();
    await kafka.close();
  }
}

/** One is stopped, another takes over, the first wakes up: one of the two must end, and the other go on. */
async function makeZombie(
  zombie: Running,
  at: number,
  start: () => Promise<Running>,
  watch: TransactionWatch,
  random: () => number,
) {
  const open = await stopAtPoint(zombie, at, watch, random);
  const stoppedMs = performance.now();
  watch.reset();
  // Every other time the broker has aborted its transaction before anybody takes over.
  if (at % 2 === 1) await sleep(STOPPED_FOR_MS);
  const successor = await start();
  const problems: string[] = [];
  try {
    await timeToNextCommit(successor, 'of the successor', COMMIT_TIMEOUT_MS);
    await sleep(Math.max(0, stoppedMs + STOPPED_FOR_MS - performance.now()));
    zombie.kill('SIGCONT');
    const over = new AbortController();
    const ended = await Promise.race([
      zombie.exited.then(() => 'zombie' as const),
      successor.exited.then(() => 'successor' as const),
      sleep(END_TIMEOUT_MS, 'nobody' as const, { signal: over.signal }),
    ]);
    over.abort();
    if (ended === 'nobody') problems.push(`zombie ${at}: ${END_TIMEOUT_MS} ms later both still run`);
    const loser = ended === 'successor' ? successor : zombie;
    const survivor = ended === 'successor' ? zombie : successor;
    if (ended !== 'nobody' && !(await loser.log()).includes('another instance runs as'))
      problems.push(`zombie ${at}: the ${ended} ended otherwise:\n${(await loser.log()).slice(-1_000)}`);
    if (ended === 'nobody') await loser.stop(9_000);
    await timeToNextCommit(survivor, 'of the survivor', COMMIT_TIMEOUT_MS);
    return { open, ended, survivor, problems };
  } catch (error) {
    problems.push(`zombie ${at}: ${String(error)}\n${(await successor.log()).slice(-1_000)}`);
    for (const instance of [zombie, successor]) await instance.stop(1_000);
    return { open, ended: 'nobody' as const, survivor: undefined, problems };
  }
}

/** Whether a transaction was under way. */
async function stopAtPoint(
  instance: Running,
  at: number,
  watch: TransactionWatch,
  random: () => number,
): Promise<boolean> {
  const over = new AbortController();
  const stopped = Promise.withResolvers<boolean>();
  watch.aim(pick(STOP_POINTS, at), 1 + Math.floor(random() * 4), (state) => {
    instance.kill('SIGSTOP');
    stopped.resolve(state !== 'none');
  });
  const inTime = sleep(AIM_TIMEOUT_MS, undefined, { signal: over.signal }).then(
    () => {
      instance.kill('SIGSTOP');
      stopped.resolve(watch.state !== 'none');
    },
    () => undefined,
  );
  const open = await stopped.promise;
  over.abort();
  await inTime;
  return open;
}
