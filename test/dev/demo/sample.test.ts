import { expect, test } from 'vitest';
import { committedPerSecond, makeSample, type Sample, stalledForMs } from '../../../dev/demo/sample.ts';

const METRICS = `# HELP asana_audit_events_committed_total Events committed.
# TYPE asana_audit_events_committed_total counter
asana_audit_events_committed_total{stream="1"} 100
asana_audit_events_committed_total{stream="2"} 20
asana_audit_dead_letters_total{stream="1",reason="too large"} 3
asana_audit_lag_seconds{stream="1"} 5
asana_audit_lag_seconds{stream="2"} 7.5
asana_audit_asana_request_duration_seconds_bucket{le="1",status="200"} 4
asana_audit_asana_request_duration_seconds_count{status="200"} 9
asana_audit_asana_request_duration_seconds_count{status="429"} 1
`;

test('a sample sums the streams, counts dead letters as committed, and takes the worst lag', () => {
  expect(makeSample(1, 200, METRICS)).toEqual({
    atMs: 1,
    visible: 200,
    committed: 123,
    lagSeconds: 7.5,
    requestsByStatus: { '200': 9, '429': 1 },
  });
});

test('a connector that does not answer yet has committed nothing and has no lag', () => {
  expect(makeSample(1, 200, undefined)).toEqual({
    atMs: 1,
    visible: 200,
    committed: 0,
    lagSeconds: undefined,
    requestsByStatus: {},
  });
});

const sampleAt = (atMs: number, committed: number, visible = 1_000): Sample => ({
  atMs,
  visible,
  committed,
  lagSeconds: 0,
  requestsByStatus: {},
});

test('the rate is that of the last three seconds', () => {
  expect(committedPerSecond([sampleAt(0, 0), sampleAt(1_000, 900), sampleAt(4_000, 1_200)])).toBe(100);
  expect(committedPerSecond([sampleAt(0, 900)])).toBe(0);
});

test('a stall lasts since the count was first seen', () => {
  expect(stalledForMs([sampleAt(0, 1), sampleAt(500, 2), sampleAt(1_000, 2), sampleAt(1_500, 2)])).toBe(
    1_000,
  );
});

test('having nothing to commit is no stall', () => {
  expect(stalledForMs([sampleAt(0, 1_000), sampleAt(9_000, 1_000)])).toBe(0);
});
