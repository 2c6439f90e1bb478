import { expect, test } from 'vitest';
import { watchRequests } from '../../src/observe/asana-watch.ts';
import { watchStream } from '../../src/observe/stream-watch.ts';
import { committed, position, scrape, watched } from './watched.ts';

const LAG = 'asana_audit_lag_seconds{stream="111"}';

function stream() {
  const process = watched();
  return { ...process, observer: watchStream('111', process.metrics, process.log, process.clock.now) };
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
  expect(types.filter(({ type }) => type === 'histogram').map(({ name }) => name)).toEqual([
    expect.stringMatching(/_seconds$/),
  ]);
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
    'gaps',
  ]) {
    expect(samples.get(`asana_audit_${name}_total{stream="111"}`), name).toBe(0);
  }
});

test('a commit counts what it holds', async () => {
  const { clock, metrics, observer } = stream();
  const deadLetters = [{ reason: 'too_large' }, { reason: 'no_gid' }, { reason: 'too_large' }];
  const gap = { fromMs: 0, toMs: 1, reason: 'deleted-by-asana' as const };
  observer.committed(
    committed({ events: 7, deadLetters, duplicatesDropped: 2, gaps: [gap] }),
    position(clock.now()),
  );
  observer.committed(committed({ events: 0 }), position(clock.now()));
  const samples = await scrape(metrics);
  const counted = Object.entries({
    'events_committed_total{stream="111"}': 7,
    'pages_committed_total{stream="111"}': 2,
    'transactions_committed_total{stream="111"}': 2,
    'duplicates_dropped_total{stream="111"}': 2,
    'gaps_total{stream="111"}': 1,
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
  expect(samples.get('asana_audit_asana_request_duration_seconds_sum{status="200"}')).toBe(0.25);
  expect(samples.get('asana_audit_asana_request_duration_seconds_sum{status="error"}')).toBe(1.5);
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

test('lag is 0 after a commit that caught up, however long nothing happens then', async () => {
  const { clock, metrics, observer } = stream();
  observer.pageRead(clock.now() - 5_000);
  observer.committed(committed(), position(clock.now() - 5_000));
  await clock.advance(3_600_000);
  observer.pageRead(undefined);
  expect((await scrape(metrics)).get(LAG)).toBe(0);
});

test('lag is the age of the watermark while catching up', async () => {
  const { clock, metrics, observer } = stream();
  observer.positioned(position(clock.now() - 86_400_000, { mode: 'catching-up', caughtUp: false }));
  expect((await scrape(metrics)).get(LAG)).toBe(86_400);
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

test('two processes’ worth of metrics do not share a registry', async () => {
  const [one, other] = [stream(), stream()];
  one.observer.committed(committed(), position(0));
  const name = 'asana_audit_events_committed_total{stream="111"}';
  expect((await scrape(one.metrics)).get(name)).toBe(3);
  expect((await scrape(other.metrics)).get(name)).toBe(0);
});
