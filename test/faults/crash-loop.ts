/** A connector that is killed with -9 again and again, half of the time at a named point of its transaction. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pick } from '../../simulator/random.ts';
import { type Environment, type Running, startRunning } from './connector.ts';
import {
  KILL_POINTS,
  type KillPoint,
  type TransactionState,
  type TransactionWatch,
} from './transaction-watch.ts';

export interface CrashPlan {
  readonly kills: number;
  /** Of the kills, the last so many come after the backlog: between live events, late ones among them. */
  readonly liveKills: number;
  /** A random kill comes at most so long after the start of the process. */
  readonly withinMs: number;
  /** An aimed kill comes at the n-th time that the point is passed, n at most this. */
  readonly mostTransactions: number;
}

export interface CrashPorts {
  readonly environment: Environment;
  /** Sees all that the connector exchanges with Kafka. */
  readonly watch: TransactionWatch;
  /** Runs a connector until the backlog is read. */
  readonly catchUp: () => Promise<void>;
  /** `performance.now()` of the commits so far; the watch adds to it. */
  readonly commitsMs: readonly number[];
  readonly random: () => number;
  readonly folder: string;
  readonly progress: (line: string) => void;
}

export interface Kill {
  /** Undefined: at a random time. */
  readonly point: KillPoint | undefined;
  readonly transaction: TransactionState;
  /** Page transactions that this process got acknowledged. */
  readonly commits: number;
  /** From the kill to the next acknowledged commit of events; undefined where another kill came first. */
  readonly recoveryMs: number | undefined;
}

export interface CrashReport {
  readonly kills: readonly Kill[];
  /** Aimed kills whose point was not passed in time; they were made at another. */
  readonly missed: number;
  /** Processes that ended by themselves, with the end of their log: each is a defect. */
  readonly ended: readonly string[];
}

// In turn; those in the middle of a transaction twice, because that is where there is most to lose.
const AIMED_AT: readonly KillPoint[] = [...KILL_POINTS, 'first partition sent', 'all events sent'];
const AIM_TIMEOUT_MS = 30_000;
const PROGRESS_EVERY = 10;

export async function runCrashLoop(plan: CrashPlan, ports: CrashPorts): Promise<CrashReport> {
  const { commitsMs, progress } = ports;
  const kills: Omit<Kill, 'recoveryMs'>[] = [];
  const killedMs: number[] = [];
  const ended: string[] = [];
  let missed = 0;
  for (let at = 0; at < plan.kills; at++) {
    if (at === plan.kills - plan.liveKills) await readBacklog(ports);
    const before = commitsMs.length;
    const { point, transaction, hit, atMs, log } = await startAndKill(at, plan, ports);
    if (log !== undefined) ended.push(log);
    else {
      kills.push({ point: hit ? point : undefined, transaction, commits: commitsMs.length - before });
      killedMs.push(atMs);
    }
    if (point !== undefined && !hit) missed++;
    if ((at + 1) % PROGRESS_EVERY === 0) progress(`${at + 1} kills, ${commitsMs.length} commits of events`);
  }
  return {
    kills: kills.map((kill, at) => ({ ...kill, recoveryMs: recovery(killedMs, at, commitsMs) })),
    missed,
    ended,
  };
}

async function readBacklog({ watch, catchUp, progress }: CrashPorts): Promise<void> {
  watch.reset();
  progress('reading the rest of the backlog; the other kills come between live events');
  await catchUp();
}

/** Every other process is killed at a point, each point in turn. */
async function startAndKill(at: number, plan: CrashPlan, { environment, watch, random, folder }: CrashPorts) {
  watch.reset();
  const point = at % 2 === 0 ? pick(AIMED_AT, at / 2) : undefined;
  const connector = await startRunning(environment, join(folder, `crash-${at}.log`));
  const over = new AbortController();
  const killed = Promise.withResolvers<{ transaction: TransactionState; hit: boolean; atMs: number }>();
  const kill = (transaction: TransactionState, hit: boolean) => {
    connector.kill('SIGKILL');
    // What still comes from the broker, nobody hears: it is no commit that somebody recovered to.
    watch.reset();
    killed.resolve({ transaction, hit, atMs: performance.now() });
  };
  if (point !== undefined) {
    const isOnce = point === 'fencing sent' || point === 'reading the state';
    const nth = isOnce ? 1 : 1 + Math.floor(random() * plan.mostTransactions);
    watch.aim(point, nth, (transaction) => kill(transaction, true));
  }
  const waitMs = point === undefined ? random() * plan.withinMs : AIM_TIMEOUT_MS;
  const timer = sleep(waitMs, undefined, { signal: over.signal }).then(
    () => kill(watch.state, false),
    () => undefined,
  );
  const outcome = await Promise.race([killed.promise, endedAlone(connector, killed.promise)]);
  over.abort();
  await timer;
  await connector.exited;
  if (outcome !== undefined) return { point, ...outcome, log: undefined };
  const log = (await connector.log()).slice(-1_500);
  return { point, transaction: 'none' as const, hit: true, atMs: 0, log };
}

/** Settles with undefined when the process ended, and nobody had killed it. */
async function endedAlone<T>(connector: Running, killed: Promise<T>): Promise<T | undefined> {
  const { signal } = await connector.exited;
  return signal === 'SIGKILL' ? killed : undefined;
}

function recovery(killedMs: readonly number[], at: number, commitsMs: readonly number[]): number | undefined {
  const fromMs = killedMs[at] ?? 0;
  const nextMs = commitsMs.find((commitMs) => commitMs > fromMs);
  if (nextMs === undefined || nextMs > (killedMs[at + 1] ?? Number.POSITIVE_INFINITY)) return undefined;
  return nextMs - fromMs;
}
