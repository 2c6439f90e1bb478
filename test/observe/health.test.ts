import { expect, test } from 'vitest';
import { ConnectorError } from '../../src/errors.ts';
import { watchStream } from '../../src/observe/stream-watch.ts';
import { committed, position, watched } from './watched.ts';

function twoStreams() {
  const { health, metrics, log } = watched();
  const [one, other] = [
    watchStream('111', metrics, log, Date.now),
    watchStream('222', metrics, log, Date.now),
  ];
  return { health, one, other };
}

test('a process without a stream yet is live and not ready', () => {
  const { health } = watched();
  expect(health.live()).toEqual({ ok: true });
  expect(health.ready()).toEqual({ ok: false, streams: {} });
});

test('ready is when every stream knows its position, by its state or by its first commit', () => {
  const { health, one, other } = twoStreams();
  expect(health.ready()).toEqual({ ok: false, streams: { '111': 'starting', '222': 'starting' } });
  one.positioned(position(0, { mode: 'catching-up' }));
  expect(health.ready()).toEqual({ ok: false, streams: { '111': 'catching-up', '222': 'starting' } });
  other.committed(committed(), position(0));
  expect(health.ready()).toEqual({ ok: true, streams: { '111': 'catching-up', '222': 'live' } });
});

test('a halted stream makes the process not ready, and leaves it live', () => {
  const { health, one, other } = twoStreams();
  one.positioned(position(0));
  other.positioned(position(0));
  other.halted(new ConnectorError('ASANA_UNAUTHORIZED', 'Asana answered 401'));
  expect(health.ready()).toEqual({ ok: false, streams: { '111': 'live', '222': 'halted' } });
  expect(health.live()).toEqual({ ok: true });
});

test('a stream that has lost its session is not ready until it holds one again', () => {
  const { health, one, other } = twoStreams();
  other.positioned(position(0));
  one.positioned(position(0));
  one.sessionEnded(new ConnectorError('KAFKA_UNAVAILABLE', 'no broker'), 500);
  one.sessionStarted('kafka_unavailable');
  expect(health.ready()).toEqual({ ok: false, streams: { '111': 'starting', '222': 'live' } });
  one.positioned(position(0));
  expect(health.ready().ok).toBe(true);
});
