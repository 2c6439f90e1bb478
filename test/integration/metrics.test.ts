import { test } from 'vitest';
import type { Running } from '../faults/connector.ts';
import { environmentFor, eventually, gidsOf } from '../support/connector.ts';
import { pass, startRelay } from '../support/relay.ts';
import { samplesOf } from '../support/samples.ts';
import { recordsOf } from '../support/topic.ts';
import { repeated, simulate, startLive } from './scene.ts';

const WORKSPACE = '1201234567890123';
const ERROR_CODE = 'error.code';

async function scrape(connector: Running): Promise<(name: string, labels?: string) => number | undefined> {
  const url = /"url":"([^"]+)"/.exec(await connector.log())?.[1];
  // It has not started yet.
  if (url === undefined) return () => undefined;
  const samples = samplesOf(await (await fetch(`${url}/metrics`)).text());
  return (name, labels = '') => samples.get(`asana_audit_${name}{stream="${WORKSPACE}"${labels}}`);
}

test.concurrent('what is counted as committed, as a dead letter and as a duplicate is what the topics and the source say', async (context) => {
  const { expect } = context;
  const source = await simulate(context, {
    events: 0,
    rate: 200,
    pageSize: 50,
    poison: 0.01,
    faults: 0.4,
    faultKinds: ['overlap', 'overlap', 'overlap', '500'],
  });
  let served = 0;
  const relay = await startRelay(source.baseUrl, async (_request, response, ask) => {
    const answer = await ask();
    if (answer.status === 200) served += JSON.parse(answer.body.toString()).data.length;
    pass(response, answer);
  });
  context.onTestFinished(() => relay.close());
  // Live from the first page, and without sweeps: what is read for the past may be read twice, or beyond what is asked for.
  const environment = environmentFor('metrics', source, {
    ASANA_BASE_URL: relay.baseUrl,
    START_AT: new Date().toISOString(),
    SWEEP_INTERVAL: '0s',
  });
  const connector = await startLive(context, environment);
  const counted = async (name: string) => (await scrape(connector))(name) ?? 0;
  await eventually('events are shown twice', async () => (await counted('duplicates_dropped_total')) > 50);
  await source.change({ rate: 0, faults: 0 });
  let quiet = { served: -1, pages: 0 };
  await eventually('some polls have found nothing', async () => {
    const pages = await counted('pages_committed_total');
    if (served !== quiet.served) quiet = { served, pages };
    return pages > quiet.pages + 3;
  });
  const sample = await scrape(connector);
  await connector.stop(9_000);

  const events = await recordsOf('metrics.events');
  const letters = await recordsOf('metrics.events.dead-letters');
  expect(letters.length).toBeGreaterThan(5);
  expect(repeated(events.map(({ key }) => String(key)))).toEqual([]);
  expect(sample('events_committed_total')).toBe(events.length);
  const reasons = new Set(letters.map(({ headers }) => String(headers[ERROR_CODE])));
  expect(reasons).toContain('refused-by-kafka');
  for (const reason of reasons) {
    const written = letters.filter(({ headers }) => String(headers[ERROR_CODE]) === reason);
    expect(sample('dead_letters_total', `,reason="${reason}"`), reason).toBe(written.length);
  }
  const duplicates = served - events.length - letters.length;
  expect(duplicates).toBeGreaterThan(50);
  expect(sample('duplicates_dropped_total')).toBe(duplicates);
  expect(sample('errors_total', ',code="ASANA_SERVER_ERROR"')).toBe(
    sample('asana_request_duration_seconds_count', ',status="500"'),
  );
});

test.concurrent('late events and transactions are counted as the topic has them, and a stream that has everything is not late', async (context) => {
  const { expect } = context;
  const source = await simulate(context, { events: 200, rate: 60, lateShare: 0.3, lateByMs: 3_000 });
  const environment = environmentFor('metrics-late', source, { SWEEP_INTERVAL: '1s', SWEEP_LOOKBACK: '4s' });
  const connector = await startLive(context, environment);
  const topic = async () => recordsOf('metrics-late.events').catch(() => []);
  const latencies = async () => (await scrape(connector))('event_commit_latency_seconds_count') ?? 0;
  await eventually('live events come', async () => (await latencies()) > 500);
  await source.change({ rate: 0 });
  await eventually('the topic has everything', async () => {
    const { length } = await topic();
    return length > 0 && length === gidsOf(source).length && (await scrape(connector))('lag_seconds') === 0;
  });
  const sample = await scrape(connector);
  await connector.stop(9_000);

  const records = await topic();
  const late = records.filter(({ headers }) => headers.late === 'true');
  expect(late.length).toBeGreaterThan(20);
  expect(sample('late_events_total')).toBe(late.length);
  expect(sample('events_committed_total')).toBe(records.length);
  expect(sample('transaction_duration_seconds_count')).toBe(sample('transactions_committed_total'));
  const observed = sample('event_commit_latency_seconds_count') ?? 0;
  expect(observed).toBeGreaterThan(500);
  expect(observed).toBeLessThanOrEqual(records.length);
  const completeMs = 1_000 * (sample('complete_as_of_timestamp_seconds') ?? 0);
  expect(Date.now() - completeMs).toBeLessThan(60_000);
});
