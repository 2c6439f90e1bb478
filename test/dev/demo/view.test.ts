import { expect, test } from 'vitest';
import { formatLag, renderEvent, renderProgress, renderScreen } from '../../../dev/demo/view.ts';

const sample = {
  atMs: 0,
  visible: 200_000,
  committed: 50_000,
  lagSeconds: 90_061,
  requestsByStatus: { '200': 1_000, '429': 2 },
};

test('a progress line says how far, how fast, how late and at what cost', () => {
  const samples = [sample, { ...sample, atMs: 2_000, committed: 60_000 }];

  expect(renderProgress(samples)).toBe(
    '60,000 of 200,000 events committed, 5,000 events/s, lag 1 d 1 h, requests 1,002 (2 × 429)',
  );
});

test('no line of the screen is wider than the terminal', () => {
  const screen = renderScreen({
    title: 'demo',
    samples: [sample],
    latestEvents: ['ü'.repeat(200)],
    addresses: { Kafka: '127.0.0.1:1', registry: 'http://127.0.0.1:2' },
    width: 60,
  });

  expect(screen.split('\n').map((line) => [...line].length)).toSatisfy((widths: number[]) =>
    widths.every((width) => width <= 60),
  );
  expect(screen).toContain('███████░░░░░░░░░░░░░░░░░░░░░░░  25 %');
  expect(screen).toContain('  Kafka     127.0.0.1:1');
});

test.each([
  [undefined, 'unknown'],
  [0, 'none'],
  [59.9, '59 s'],
  [3_600, '1 h 0 min'],
  [86_400 * 34 + 7_300, '34 d 2 h'],
])('a lag of %s s reads as %s', (seconds, text) => {
  expect(formatLag(seconds)).toBe(text);
});

test('an event is one line, and control characters in a name do not reach the terminal', () => {
  const event = {
    created_at: 1_700_000_000_000,
    event_type: 'task_deleted',
    actor: { actor_type: 'user', name: 'Zo\u202eë\u001b[2J', gid: '1' },
    resource: { resource_type: 'task', name: null, gid: '2' },
  };

  expect(renderEvent(event)).toBe(
    '2023-11-14T22:13:20.000Z  task_deleted                  user Zoë?[2J → task 2',
  );
});

test('an event without actor, resource or type still has a line', () => {
  expect(renderEvent({ created_at: 0, event_type: null, actor: null, resource: null })).toContain('null');
});
