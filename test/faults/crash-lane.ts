/** The crash loop with all that it needs around it. */

import { startConcurrentReader } from './concurrent-reader.ts';
import { catchUp, environmentOn, eventsTopicOf, stateTopicOf } from './connector.ts';
import { type CrashPlan, type CrashReport, runCrashLoop } from './crash-loop.ts';
import { type LanePorts, type LaneReport, NOTHING_DONE } from './lane.ts';
import { startProxiedKafka } from './proxied-kafka.ts';
import { startSource } from './source.ts';
import { percentile } from './statistics.ts';
import { takeStock } from './stock.ts';
import { KILL_POINTS, TransactionWatch } from './transaction-watch.ts';

export interface CrashLanePlan extends CrashPlan {
  readonly events: number;
  /** Live events a second. */
  readonly rate: number;
  /** Of each answer: so that a backlog is not over before the kills are. */
  readonly latencyMs: number;
}

const NAME = 'crash';

export async function crashLane(plan: CrashLanePlan, ports: LanePorts): Promise<LaneReport> {
  const { registryUrl, folder, progress } = ports;
  const commitsMs: number[] = [];
  const watch = new TransactionWatch({ events: eventsTopicOf(NAME), state: stateTopicOf(NAME) }, (atMs) =>
    commitsMs.push(atMs),
  );
  const kafka = await startProxiedKafka(watch.see);
  const reader = startConcurrentReader(NAME, kafka.direct);
  try {
    const source = await startSource(
      {
        events: plan.events,
        rate: plan.rate,
        latency: `${plan.latencyMs}ms`,
        faults: 0.04,
        'offset-lifetime': '3s',
        'requests-per-minute': 0,
      },
      folder,
      NAME,
    );
    try {
      const where = { name: NAME, asanaUrl: source.baseUrl, registryUrl };
      const environment = environmentOn({ ...where, brokers: kafka.proxied });
      const report = await runCrashLoop(plan, {
        ...ports,
        environment,
        watch,
        commitsMs,
        catchUp: () => catchUp(environment),
      });
      watch.reset();
      progress('the kills are done: settling, then counting');
      const stock = await takeStock({
        name: NAME,
        brokers: kafka.direct,
        registryUrl,
        source,
        environment,
        reader,
      });
      return summary(report, stock);
    } finally {
      await source.close();
    }
  } finally {
    await reader.close();
    await kafka.close();
  }
}

function summary({ kills, missed, ended }: CrashReport, stock: LaneReport['stock']): LaneReport {
  const byPoint = KILL_POINTS.map((name) => `${name} ${kills.filter(({ point }) => point === name).length}`);
  const commits = kills.map((kill) => kill.commits);
  return {
    ...NOTHING_DONE,
    lane: NAME,
    kills: kills.length,
    killsOpen: kills.filter(({ transaction }) => transaction === 'open').length,
    killsCommitting: kills.filter(({ transaction }) => transaction === 'committing').length,
    recoveriesMs: kills.flatMap(({ recoveryMs }) => recoveryMs ?? []),
    stock,
    problems: ended.map((log) => `a connector ended by itself:\n${log}`),
    notes: [
      `aimed kills: ${byPoint.join(', ')}; ${missed} that did not come by their point; the others at random times`,
      `commits of events between two kills: median ${percentile(commits, 0.5) ?? 0}, none in ${commits.filter((count) => count === 0).length} of ${commits.length}`,
    ],
  };
}
