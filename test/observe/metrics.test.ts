import { expect, test } from 'vitest';
import { ConnectorError } from '../../src/errors.ts';
import { watchRequests } from '../../src/observe/asana-watch.ts';
import { watchStream } from '../../src/observe/stream-watch.ts';
import { committed, position, scrape, watched } from './watched.ts';

const LAG = 'asana_audit_lag_seconds{stream="111"}';

function stream() {
  const process = watched();
  return { ...process, observer: watchStream('111', process.metrics, process.log, process.clock) };
}

test('every metric follows the conventions of Prometheus: prefix, base units, _total for counters alone, a help', async () => {
  const { metrics } = stream();
  const text = await metrics.registry.metrics();
  const types = [...text.matchAll(/^# TYPE (asana_audit_\S+) (\w+)$/gm)].map(([, name = '', type]) => ({
    name,
    type,
  }));
  expect(types.length).toBeGreaterThan(15);
  for (const { name, type } of types) {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total'), `${name} is a ${type}`).toBe(type === 'counter');
    expect(name).not.toMatch(
      /_(ms|millis|milliseconds|minutes|hours|kb|mb|count|sum|bucket|gauge|counter)(_|$)/,
    );
    expect(text).toMatch(new RegExp(`^# HELP ${name} [A-Z0-9].*\\.$`, 'm'));
  }
  for (const { name, type } of types) if (type === 'histogram') expect(name).toMatch(/_seconds$/);
});

test('only prom-client’s own metrics are not prefixed', async () => {
  const names = [...(await scrape(stream().metrics)).keys()];
  expect(names.filter((name) => !/^(asana_audit|nodejs|process)_/.test(name))).toEqual([]);
});

test('the counters of a stream are there, as 0, before anything happens', async () => {
  const samples = await scrape(stream().metrics);
  for (const name of [
    'events_committed',
    'pages_committed',
    'transactions_committed',
    'duplicates_dropped',
  ]) {
    expect(samples.get(`asana_audit_${name}_total{stream="111"}`), name).toBe(0);
  }
  for (const sample of [
    'gaps_total{stream="111",reason="refused-by-asana"}',
    'errors_total{stream="111",code="KAFKA_UNAVAILABLE"}',
    'sessions_started_total{stream="111",cause="kafka_unavailable"}',
    'event_commit_latency_seconds_count{stream="111"}',
    'transaction_duration_seconds_count{stream="111"}',
  ]) {
    expect(samples.get(`asana_audit_${sample}`), sample).toBe(0);
  }
});

test('a commit counts what it holds', async () => {
  const { clock, metrics, observer } = stream();
  const deadLetters = [{ reason: 'too_large' }, { reason: 'no_gid' }, { reason: 'too_large' }];
  const gap = { fromMs: 0, toMs: 1, reason: 'deleted-by-asana' as const };
  observer.committed(
    committed({ durationMs: 500, events: 7, deadLetters, duplicatesDropped: 2, gaps: [gap] }),
    position(clock.now()),
  );
  observer.committed(committed({ events: 0 }), position(clock.now()));
  const samples = await scrape(metrics);
  const counted = Object.entries({
    'events_committed_total{stream="111"}': 7,
    'pages_committed_total{stream="111"}': 2,
    'transactions_committed_total{stream="111"}': 2,
    'duplicates_dropped_total{stream="111"}': 2,
    'gaps_total{stream="111",reason="deleted-by-asana"}': 1,
    'transaction_duration_seconds_count{stream="111"}': 2,
    'transaction_duration_seconds_sum{stream="111"}': 0.5,
    'dead_letters_total{stream="111",reason="too_large"}': 2,
    'dead_letters_total{stream="111",reason="no_gid"}': 1,
  });
  for (const [name, value] of counted) expect(samples.get(`asana_audit_${name}`), name).toBe(value);
});

test('catch-ups and sessions are counted by cause', async () => {
  const { metrics, observer } = stream();
  observer.sessionStarted('start');
  observer.sessionStarted('kafka_fenced');
  observer.catchingUp('offset-refused', 1);
  const samples = await scrape(metrics);
  expect(samples.get('asana_audit_sessions_started_total{stream="111",cause="start"}')).toBe(1);
  expect(samples.get('asana_audit_sessions_started_total{stream="111",cause="kafka_fenced"}')).toBe(1);
  expect(samples.get('asana_audit_catch_ups_total{stream="111",cause="offset-refused"}')).toBe(1);
});

test('requests are observed in seconds by status', async () => {
  const { metrics, log } = watched();
  const observer = watchRequests('111', metrics, log, Date.now);
  observer.requestEnded(200, 250);
  observer.requestEnded('error', 1_500);
  const samples = await scrape(metrics);
  expect(samples.get('asana_audit_asana_request_duration_seconds_sum{stream="111",status="200"}')).toBe(0.25);
  expect(samples.get('asana_audit_asana_request_duration_seconds_sum{stream="111",status="error"}')).toBe(
    1.5,
  );
});

test('an error is counted once by its code, whether it failed a request, ended a session, halted the stream, or all of it', async () => {
  const { metrics, log, observer } = stream();
  const requests = watchRequests('111', metrics, log, Date.now);
  const forbidden = new ConnectorError('ASANA_FORBIDDEN', '403');
  requests.requestFailed(new ConnectorError('ASANA_UNREACHABLE', 'reset'), 0, 500, { filters: {} });
  requests.requestFailed(new ConnectorError('ASANA_UNREACHABLE', 'reset'), 1, 500, { filters: {} });
  requests.requestFailed(forbidden, 0, undefined, { filters: {} });
  observer.halted(forbidden);
  observer.sessionEnded(new ConnectorError('KAFKA_FENCED', 'fenced'), 500);
  const samples = await scrape(metrics);
  const count = (code: string) => samples.get(`asana_audit_errors_total{stream="111",code="${code}"}`);
  expect([count('ASANA_UNREACHABLE'), count('ASANA_FORBIDDEN'), count('KAFKA_FENCED')]).toEqual([2, 1, 1]);
});

test('the latency of an event is from its creation to the commit, on a clock that may be behind Asana’s', async () => {
  const { clock, metrics, observer } = stream();
  observer.committed(committed({ events: 0 }), position(clock.now()));
  const records = [{ timestampMs: clock.now() - 4_000 }, { timestampMs: clock.now() + 60_000 }];
  observer.committed(committed({ records }), position(clock.now()));
  const samples = await scrape(metrics);
  expect(samples.get('asana_audit_event_commit_latency_seconds_count{stream="111"}')).toBe(2);
  expect(samples.get('asana_audit_event_commit_latency_seconds_sum{stream="111"}')).toBe(4);
});

// Found by a reviewer: the last minute of a backlog is read live, and was counted.
test('the end of a backlog observes no latency, and nor does what came while the connector was down', async () => {
  const { clock, metrics, observer } = stream();
  const records = [{ timestampMs: clock.now() - 90_000 }];
  observer.committed(committed(), position(clock.now(), { mode: 'catching-up', caughtUp: false }));
  observer.committed(committed({ records }), position(clock.now(), { caughtUp: false }));
  observer.committed(committed({ records }), position(clock.now()));
  expect((await scrape(metrics)).get('asana_audit_event_commit_latency_seconds_count{stream="111"}')).toBe(0);
});

test('catching up observes no latency: not even the time of a record is looked at', async () => {
  const { clock, metrics, observer } = stream();
  const record = {
    get timestampMs(): number {
      throw new Error('looked at');
    },
  };
  observer.committed(committed({ records: [record] }), position(clock.now(), { mode: 'catching-up' }));
  expect((await scrape(metrics)).get('asana_audit_event_commit_latency_seconds_count{stream="111"}')).toBe(0);
});

test('a token is its ordinal, with its budget and how much of it the last minute used', async () => {
  const { metrics } = stream();
  metrics.budgets.set({ requestsPerMinute: 1_200, requestsOfLastMinute: () => 300 }, new Set(['111', '222']));
  metrics.budgets.set({ requestsPerMinute: 0, requestsOfLastMinute: () => 300 }, new Set(['111']));
  const samples = await scrape(metrics);
  expect([...samples].filter(([name]) => name.includes('_request_budget_'))).toEqual([
    ['asana_audit_request_budget_requests_per_minute{token="1"}', 1_200],
    ['asana_audit_request_budget_used_ratio{token="1"}', 0.25],
  ]);
});

test('a token that no stream of this process uses now has no budget here', async () => {
  const { metrics } = stream();
  metrics.budgets.set({ requestsPerMinute: 1_200, requestsOfLastMinute: () => 0 }, new Set(['222']));
  expect([...(await scrape(metrics)).keys()].filter((name) => name.includes('_request_budget_'))).toEqual([]);
});

test('lag is unknown before the position is', async () => {
  expect((await scrape(stream().metrics)).has(LAG)).toBe(false);
});

test('lag is the age of the oldest event at hand, and not of a later one', async () => {
  const { clock, metrics, observer } = stream();
  observer.positioned(position(clock.now()));
  observer.pageRead(clock.now() - 5_000);
  observer.pageRead(clock.now() - 1_000);
  await clock.advance(2_000);
  expect((await scrape(metrics)).get(LAG)).toBe(7);
});

test('lag is 0 after a commit that caught up, however old the last event is, for as long as empty polls say so', async () => {
  const { clock, metrics, observer } = stream();
  observer.pageRead(clock.now() - 5_000);
  observer.committed(committed(), position(clock.now() - 5_000));
  await clock.advance(3_600_000);
  observer.pageRead(undefined);
  observer.committed(committed(), position(clock.now() - 3_605_000, { completeToMs: clock.now() }));
  expect((await scrape(metrics)).get(LAG)).toBe(0);
});

// Found by a reviewer: a halted stream and one without a session had a lag of 0.
test('lag is unknown once nobody is heard, or nobody asks', async () => {
  const { clock, metrics, observer } = stream();
  const caughtUp = () => observer.committed(committed(), position(clock.now()));
  caughtUp();
  await clock.advance(5 * 60_000);
  expect((await scrape(metrics)).get(LAG)).toBe(0);
  await clock.advance(1);
  expect((await scrape(metrics)).has(LAG)).toBe(false);
  caughtUp();
  observer.sessionEnded(new ConnectorError('KAFKA_UNAVAILABLE', 'no broker'), 500);
  expect((await scrape(metrics)).has(LAG)).toBe(false);
  caughtUp();
  observer.halted(new ConnectorError('ASANA_UNAUTHORIZED', '401'));
  expect((await scrape(metrics)).has(LAG)).toBe(false);
});

test('lag is the age of what is complete while nobody knows what is left: while catching up, and before the first page', async () => {
  const { clock, metrics, observer } = stream();
  observer.positioned(position(clock.now() - 86_400_000, { mode: 'catching-up', caughtUp: false }));
  expect((await scrape(metrics)).get(LAG)).toBe(86_400);
});

test('a quiet tenant is not late after a restart because its last event is old', async () => {
  const { clock, metrics, observer } = stream();
  const completeToMs = clock.now() - 20_000;
  observer.positioned(position(clock.now() - 3 * 86_400_000, { completeToMs, caughtUp: false }));
  expect((await scrape(metrics)).get(LAG)).toBe(20);
});

test('a stream that has reached its end is neither late nor behind, however long the others go on', async () => {
  const { clock, metrics, observer } = stream();
  const sweeps = { sweptToMs: 0, areBehind: false };
  observer.committed(committed(), position(clock.now(), { sweeps }));
  observer.finished();
  await clock.advance(3_600_000);
  const names = [...(await scrape(metrics)).keys()];
  expect(
    names.filter((name) =>
      /^asana_audit_(lag|complete_as_of|swept_to|retention_headroom|stream_live)/.test(name),
    ),
  ).toEqual([]);
  expect(names).toContain('asana_audit_events_committed_total{stream="111"}');
});

test('a stream is live only while it holds a session, and not once it is halted', async () => {
  const { clock, metrics, observer } = stream();
  const isLive = async () => (await scrape(metrics)).get('asana_audit_stream_live{stream="111"}');
  expect(await isLive()).toBe(0);
  observer.positioned(position(clock.now()));
  expect(await isLive()).toBe(1);
  observer.sessionEnded(new ConnectorError('KAFKA_UNAVAILABLE', 'no broker'), 500);
  expect(await isLive()).toBe(0);
  observer.positioned(position(clock.now()));
  observer.halted(new ConnectorError('ASANA_UNAUTHORIZED', '401'));
  expect(await isLive()).toBe(0);
});

test('lag is never negative, whatever the clock of Asana says', async () => {
  const { clock, metrics, observer } = stream();
  observer.positioned(position(clock.now() + 60_000, { caughtUp: false }));
  expect((await scrape(metrics)).get(LAG)).toBe(0);
  observer.pageRead(clock.now() + 60_000);
  expect((await scrape(metrics)).get(LAG)).toBe(0);
});

test('complete-as-of, headroom, mode and halt follow the position', async () => {
  const { clock, metrics, observer } = stream();
  const dayMs = 86_400_000;
  observer.positioned(position(clock.now(), { mode: 'catching-up', completeToMs: clock.now() - 80 * dayMs }));
  const before = await scrape(metrics);
  expect(before.get('asana_audit_complete_as_of_timestamp_seconds{stream="111"}')).toBe(
    (clock.now() - 80 * dayMs) / 1_000,
  );
  expect(before.get('asana_audit_retention_headroom_seconds{stream="111"}')).toBe(10 * 86_400);
  expect(before.get('asana_audit_stream_live{stream="111"}')).toBe(0);
  expect(before.get('asana_audit_stream_halted{stream="111"}')).toBe(0);
});

test('swept-to follows the position, and is absent where there are no sweeps', async () => {
  const { clock, metrics, observer } = stream();
  const sweptTo = async () =>
    (await scrape(metrics)).get('asana_audit_swept_to_timestamp_seconds{stream="111"}');
  const sweeps = { sweptToMs: clock.now() - 3_600_000, areBehind: false };
  observer.positioned(position(clock.now()));
  expect(await sweptTo()).toBeUndefined();
  observer.committed(committed(), position(clock.now(), { sweeps }));
  expect(await sweptTo()).toBe((clock.now() - 3_600_000) / 1_000);
});

test('two processes’ worth of metrics do not share a registry', async () => {
  const [one, other] = [stream(), stream()];
  one.observer.committed(committed(), position(0));
  const name = 'asana_audit_events_committed_total{stream="111"}';
  expect((await scrape(one.metrics)).get(name)).toBe(3);
  expect((await scrape(other.metrics)).get(name)).toBe(0);
});
