import { describe, expect, test } from 'vitest';
import { TokenBudget } from '../../src/asana/budget.ts';
import { ConnectorError } from '../../src/errors.ts';
import type { Assignment } from '../../src/group/protocol.ts';
import { reportGroup } from '../../src/observe/group-report.ts';
import { watchGroup } from '../../src/observe/group-watch.ts';
import { createHealth } from '../../src/observe/health.ts';
import { GroupRecord } from '../../src/observe/status/group-record.ts';
import { statusReport } from '../../src/observe/status/report.ts';
import { Status } from '../../src/observe/status/status.ts';
import { scrape, watched } from './watched.ts';

const down = new ConnectorError('KAFKA_UNAVAILABLE', 'joining the group: no broker answers');
const WAITS = { pollIntervalMs: 10_000, requestTimeoutMs: 60_000, transactionTimeoutMs: 60_000 };

const assignment = (streams: Record<string, string[]>, unassigned: string[] = []): Assignment => ({
  partitions: [],
  promised: [],
  table: { replicas: Object.entries(streams).map(([name, own]) => ({ name, streams: own })), unassigned },
});

/** The replica `host-1:1`. */
function replica() {
  const { clock, lines, log } = watched('info');
  const record = new GroupRecord(clock);
  const options = {
    version: '1.2.3',
    connectorName: 'asana-audit',
    workspaces: [],
    endAtMs: undefined,
    ...WAITS,
  };
  const status = new Status(options, clock, record);
  const health = createHealth(status, WAITS, clock.monotonicMs);
  const report = reportGroup(log, clock.now);
  for (const observer of [record.observer, report]) observer.joining('host-1:1');
  return { clock, lines, status, health, report, observer: record.observer };
}

describe('the status of a replica', () => {
  test('is not ready before the group has said what it runs, and says why it has not', () => {
    const { status, health, observer } = replica();
    expect(health.ready()).toEqual({ ok: false, streams: {}, reasons: { group: 'joining the group' } });
    observer.failed(down, 100);
    expect(health.ready().reasons).toEqual({ group: 'joining the group: no broker answers' });
    expect(statusReport(status.read())).toMatch(/^Joining the group\. For 0 s: joining the group: no broker/);
    expect(status.read().ok).toBe(false);
  });

  test('stands by and is ready where it was given none, and says who has them', () => {
    const { status, health, observer } = replica();
    observer.assigned(assignment({ 'host-1:1': [], 'host-2:1': ['111', '222'] }, ['333']));
    expect(health.ready()).toEqual({ ok: true, streams: {} });
    const text = statusReport(status.read());
    expect(text).toMatch(/^Standing by\. 2 streams on 1 other replica\.\n/);
    expect(text).toContain('host-1:1 (this one) stands by');
    expect(text).toContain('host-2:1 runs 2 streams: 111, 222');
    expect(text).toContain('1 stream about to be handed over: 333');
  });

  test('has a stream from when it is begun to when it is given up', () => {
    const { status, health, observer } = replica();
    observer.assigned(assignment({ 'host-1:1': ['111'] }));
    status.observerOf('111').sessionStarted('start');
    expect(health.ready()).toMatchObject({ ok: false, streams: { 111: 'starting' } });
    status.forget('111');
    expect(health.ready()).toEqual({ ok: true, streams: {} });
  });

  test('has the budget of a token only while it runs a stream of it: a standby asks for nothing', () => {
    const { clock, status } = replica();
    const budget = new TokenBudget(600, clock, () => {});
    for (const stream of ['111', '222']) status.watchBudget(stream, budget);
    expect(status.read().budgets).toEqual([]);
    status.observerOf('111').sessionStarted('start');
    expect(status.read().budgets).toMatchObject([{ token: '1', streams: 1, requests_per_minute: 600 }]);
    status.forget('111');
    expect(status.read().budgets).toEqual([]);
  });

  test('is joining again once the group has gone on without it', () => {
    const { health, observer } = replica();
    observer.assigned(assignment({ 'host-1:1': [] }));
    observer.lost();
    expect(health.ready().ok).toBe(false);
  });

  test('is alive while its group answers, or does not', async () => {
    const { clock, health, observer } = replica();
    const hourMs = 3_600_000;
    for (let at = 0; at < 200; at++) {
      await clock.advance(hourMs / 100);
      observer.failed(down, 100);
      expect(health.live().ok).toBe(true);
    }
  });
});

test('an outage of Kafka, however long, leaves a replica live: its streams wait for the word of the group', async () => {
  const { clock, health, observer, status } = replica();
  observer.assigned(assignment({ 'host-1:1': ['111'] }));
  const stream = status.observerOf('111');
  stream.sessionStarted('start');
  stream.sessionEnded(down, 500);
  const probeMs = 10_000;
  for (let probe = 0; probe < 720; probe++) {
    await clock.advance(probeMs);
    observer.failed(down, 100);
    expect(health.live()).toEqual({ ok: true });
  }
  stream.sessionStarted('kafka_unavailable');
  for (let probe = 0; probe < 200; probe++) {
    await clock.advance(probeMs);
    observer.answered();
    health.live();
  }
  expect(health.live()).toMatchObject({ ok: false, stuck: { 111: expect.any(Number) } });
});

test('a stream that comes back after hours, and has made as many steps as when it left, is not stuck', async () => {
  const { clock, health, observer, status } = replica();
  const begin = () => status.observerOf('111').sessionStarted('start');
  begin();
  expect(health.live().ok).toBe(true);
  status.forget('111');
  for (let probe = 0; probe < 720; probe++) {
    await clock.advance(10_000);
    observer.answered();
    health.live();
  }
  begin();
  expect(health.live()).toEqual({ ok: true });
});

describe('the metrics of a replica', () => {
  /** The samples of the group, by what comes behind their prefix. */
  function watchedReplica() {
    const { clock, metrics } = watched();
    const observer = watchGroup({ name: 'audit', streams: ['111', '222'] }, metrics, clock.now);
    observer.joining('host-1:1');
    const samples = async () =>
      Object.fromEntries(
        [...(await scrape(metrics))].flatMap(([name, value]) => {
          const [, short] = /^asana_audit_group_(\w+)\{group="audit"\}$/.exec(name) ?? [];
          return short === undefined ? [] : [[short, value]];
        }),
      );
    return { clock, observer, samples };
  }

  test('before the group has answered, all that it is configured with is nobody’s', async () => {
    expect(await watchedReplica().samples()).toEqual({
      streams: 2,
      assigned_streams: 0,
      rebalances_total: 0,
    });
  });

  test('it knows the whole group, and how much of it is given to this one', async () => {
    const { clock, observer, samples } = watchedReplica();
    observer.assigned(assignment({ 'host-1:1': ['111'], 'host-2:1': ['222', '444'] }, ['333']));
    const handoverSeconds = clock.now() / 1_000;
    await clock.advance(60_000);
    observer.assigned(assignment({ 'host-1:1': ['111'], 'host-2:1': ['222', '333', '444'] }));
    expect(await samples()).toEqual({
      replicas: 2,
      streams: 4,
      assigned_streams: 1,
      rebalances_total: 2,
      handover_timestamp_seconds: handoverSeconds,
    });
  });

  test('once the group has gone on without it, it has none', async () => {
    const { observer, samples } = watchedReplica();
    observer.assigned(assignment({ 'host-1:1': ['111', '222'] }));
    observer.lost();
    const { replicas, streams, assigned_streams: assigned } = await samples();
    expect([replicas, streams, assigned]).toEqual([undefined, 2, 0]);
  });
});

test('a process that runs alone has no sample of a group', async () => {
  const names = [...(await scrape(watched().metrics)).keys()];
  expect(names.filter((name) => name.startsWith('asana_audit_group_'))).toEqual([]);
});

describe('the log of a replica', () => {
  test('a line where what it runs changes, and none for other rebalances', () => {
    const { lines, report } = replica();
    report.assigned(assignment({ 'host-1:1': ['111', '222'] }));
    report.assigned(assignment({ 'host-1:1': ['111', '222'], 'host-2:1': [] }));
    report.assigned(assignment({ 'host-1:1': ['111'], 'host-2:1': ['222'] }));
    expect(lines).toMatchObject([
      { id: 'streams-assigned', streams: 2, of_streams: 2, gained: 2, given_up: 0, replicas: 1 },
      { id: 'streams-assigned', streams: 1, of_streams: 2, gained: 0, given_up: 1, replicas: 2 },
    ]);
  });

  test('what a coordinator that moves answers is not said; a group that cannot be asked for long is two lines', () => {
    const { lines, report } = replica();
    for (let failure = 0; failure < 4; failure++) report.failed(down, 100);
    report.answered();
    expect(lines).toEqual([]);
    for (let failure = 0; failure < 20; failure++) report.failed(down, 100);
    report.answered();
    expect(lines.map(({ id, level }) => `${level} ${id}`)).toEqual([
      'warn group-unreachable',
      'info group-reached',
    ]);
  });

  test('that the group has gone on without it is a warning with its next step', () => {
    const { lines, report } = replica();
    report.lost();
    expect(lines).toMatchObject([
      { level: 'warn', id: 'group-lost', next_step: expect.stringContaining('GROUP_SESSION_TIMEOUT') },
    ]);
  });
});
