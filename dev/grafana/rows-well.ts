/** The first row: is it well, and if not, since when and of what? */

import type { Mapping, Row } from './panel.ts';
import { GREEN_RED, inADay, MINUTE, ofStreams, perStream } from './queries.ts';

const DAY = 24 * 60 * MINUTE;

const STATE = `${ofStreams('stream_live')} - 2 * ${ofStreams('stream_halted')}`;
const STATES: readonly Mapping[] = [
  { value: 1, text: 'Live', color: 'green' },
  { value: 0, text: 'Not live', color: 'blue' },
  { value: -2, text: 'Halted', color: 'red' },
];

export const WELL: Row = {
  title: 'Is it well? (the worst of the chosen streams)',
  panels: [
    {
      kind: 'stat',
      title: 'State',
      description:
        'Live: polls the present. Not live: catches up, or has no session with Kafka; the age beside it says whether that is a problem. Halted: has stopped and waits for you.',
      unit: 'none',
      width: 4,
      base: 'text',
      thresholds: [],
      mappings: STATES,
      alerts: ['AsanaAuditStreamHalted', 'AsanaAuditConnectorDown'],
      queries: [{ expr: `min(${STATE})`, legend: 'worst' }],
    },
    {
      kind: 'stat',
      title: 'Lag',
      description:
        'Age of the oldest event that is known and not in Kafka; 0 when caught up. Days, and getting less, is a catch-up.',
      unit: 's',
      width: 4,
      base: 'green',
      thresholds: [
        { from: 5 * MINUTE, color: 'yellow' },
        { from: 15 * MINUTE, color: 'red' },
      ],
      alerts: ['AsanaAuditFallingBehind'],
      queries: [{ expr: `max(${ofStreams('lag_seconds')})`, legend: 'longest' }],
    },
    {
      kind: 'stat',
      title: 'Complete as of (ago)',
      description:
        'How long ago everything that Asana showed was in Kafka. Each empty answer renews it, so a quiet tenant is not late; an Asana or Kafka that does not answer makes it grow, while the lag stays 0.',
      unit: 's',
      width: 4,
      base: 'green',
      thresholds: [
        { from: 5 * MINUTE, color: 'yellow' },
        { from: 30 * MINUTE, color: 'red' },
      ],
      alerts: ['AsanaAuditNotCaughtUp'],
      queries: [{ expr: `time() - min(${ofStreams('complete_as_of_timestamp_seconds')})`, legend: 'oldest' }],
    },
    {
      kind: 'stat',
      title: 'Throughput',
      description: 'Events committed a second, by all chosen streams. 0 in a quiet tenant.',
      unit: 'eps',
      width: 4,
      base: 'text',
      thresholds: [],
      alerts: ['AsanaAuditFallingBehind'],
      queries: [
        { expr: `sum(rate(${ofStreams('events_committed_total')}[$__rate_interval]))`, legend: 'all' },
      ],
    },
    {
      kind: 'stat',
      title: 'Head-room',
      description:
        'Time until Asana deletes the oldest event that may be unread: 90 days when caught up. Below 0, some may be gone.',
      unit: 's',
      width: 4,
      base: 'red',
      thresholds: [
        { from: 7 * DAY, color: 'yellow' },
        { from: 30 * DAY, color: 'green' },
      ],
      alerts: ['AsanaAuditHeadroomShrinking'],
      queries: [{ expr: `min(${ofStreams('retention_headroom_seconds')})`, legend: 'shortest' }],
    },
    {
      kind: 'stat',
      title: 'Found in 24 h',
      description:
        'Gaps: times of which events may be missing. Dead letters: events that are not in the events topic but in the one for dead letters. Both are 0 when all is well.',
      unit: 'short',
      width: 4,
      ...GREEN_RED,
      alerts: ['AsanaAuditGapFound', 'AsanaAuditDeadLetters'],
      queries: [
        { expr: inADay('gaps_total'), legend: 'gaps' },
        { expr: inADay('dead_letters_total'), legend: 'dead letters' },
      ],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Lag, and age of what is complete',
      description:
        'The lag, and how long ago all that Asana showed was in Kafka. Both fall in a catch-up; the age alone grows where Asana does not answer.',
      unit: 's',
      width: 6,
      alerts: ['AsanaAuditFallingBehind', 'AsanaAuditNotCaughtUp'],
      queries: [
        { expr: ofStreams('lag_seconds'), legend: 'lag {{stream}}' },
        {
          expr: `time() - ${ofStreams('complete_as_of_timestamp_seconds')}`,
          legend: 'complete {{stream}}',
        },
      ],
    },
    {
      kind: 'curves',
      shape: 'stack',
      title: 'Events committed',
      description: 'Events committed to the events topic a second, by stream.',
      unit: 'eps',
      width: 6,
      alerts: ['AsanaAuditFallingBehind'],
      queries: [perStream(`rate(${ofStreams('events_committed_total')}[$__rate_interval])`)],
    },
    {
      kind: 'curves',
      shape: 'stack',
      title: 'Errors by code',
      description:
        'Errors a minute; empty when there are none. Single ones are retried and need nobody; docs/errors.md has each code. One that stays is the reason of whatever is wrong on the left.',
      unit: 'short',
      width: 6,
      alerts: ['AsanaAuditNotCaughtUp', 'AsanaAuditStreamHalted'],
      queries: [
        {
          expr: `60 * sum by (code) (rate(${ofStreams('errors_total')}[$__rate_interval])) > 0`,
          legend: '{{code}}',
        },
      ],
    },
    {
      kind: 'states',
      title: 'State by stream',
      description:
        'Green: live. Blue: catches up, or has no session with Kafka. Red: halted. Nothing: no connector reports the stream.',
      unit: 'none',
      width: 6,
      base: 'text',
      thresholds: [],
      mappings: STATES,
      alerts: ['AsanaAuditStreamHalted', 'AsanaAuditStreamAbsent'],
      queries: [perStream(STATE)],
    },
  ],
};
