import { isoTime } from '../clock.ts';
import type { StreamName } from '../kafka/state-location.ts';
import type { Cursor } from '../stream/cursor.ts';
import { isReset, type Reset } from '../stream/cursor-record.ts';
import type { PassedGap } from '../stream/gap.ts';
import type { Republished } from '../stream/republished.ts';
import type { Move } from './move.ts';
import type { StreamState } from './stream-state.ts';

type Position = Cursor | Reset;

/** What `offsets get` says of a stream, for programs: times in ISO 8601, null where there is none. */
export function stateJson({ connectorName, workspaceGid }: StreamName, state: StreamState, nowMs: number) {
  return {
    connector_name: connectorName,
    workspace_gid: workspaceGid,
    ...positionJson(state, nowMs),
    last_session_at: state.lastSessionAt ?? null,
    gaps: state.gaps.map((gap) => ({ ...rangeJson(gap), reason: gap.reason })),
    republished: state.republished.map((each) => ({ at: isoTime(each.atMs), ...rangeJson(each) })),
  };
}

function positionJson({ position, unreadable }: Pick<StreamState, 'position' | 'unreadable'>, nowMs: number) {
  const cursor = position && !isReset(position) ? position : undefined;
  return {
    mode: unreadable ? 'unreadable' : modeOf(position),
    error: unreadable?.message ?? null,
    reset_at: position && isReset(position) ? isoTime(position.resetAtMs) : null,
    watermark: cursor ? isoTime(cursor.watermarkMs) : null,
    complete_as_of: cursor ? isoTime(cursor.completeToMs) : null,
    swept_to: cursor ? isoTime(cursor.sweptToMs) : null,
    offset_age_seconds: cursor?.offset ? Math.round((nowMs - cursor.offset.obtainedAtMs) / 1000) : null,
    events_topic: position?.eventsTopic ?? null,
    events: position?.events ?? null,
    dead_letters: position?.deadLetters ?? null,
    digest: position?.digest ?? null,
  };
}

const rangeJson = ({ fromMs, toMs }: { fromMs: number | undefined; toMs: number }) => ({
  from: fromMs === undefined ? null : isoTime(fromMs),
  to: isoTime(toMs),
});

function modeOf(position: Position | undefined): string {
  if (position === undefined) return 'not started';
  return isReset(position) ? 'reset' : position.mode;
}

/** The same for a person. */
export function stateText(
  { connectorName, workspaceGid }: StreamName,
  state: StreamState,
  nowMs: number,
): string {
  const lines = [
    ...positionLines(state, nowMs),
    ['last session', state.lastSessionAt ?? 'none'],
    ...state.gaps.map((gap) => ['gap', `${range(gap)}, ${gap.reason}: events of this time may be missing`]),
    ...state.republished.map((each) => ['republished', `${range(each)}, at ${isoTime(each.atMs)}`]),
  ];
  return `workspace ${workspaceGid}, connector ${connectorName}\n${table(lines)}`;
}

function positionLines(
  { position, unreadable }: Pick<StreamState, 'position' | 'unreadable'>,
  nowMs: number,
): string[][] {
  if (unreadable)
    return [['mode', `unreadable: ${unreadable.message}; next step: ${unreadable.commandNextStep}`]];
  if (position === undefined) return [['mode', 'not started: there is no position']];
  return [
    ...(isReset(position)
      ? [['mode', `reset at ${isoTime(position.resetAtMs)}`]]
      : cursorLines(position, nowMs)),
    [
      'committed',
      `${count(position.events)} events, ${count(position.deadLetters)} dead letters, to ${position.eventsTopic}`,
    ],
    ['digest', position.digest],
  ];
}

const cursorLines = (cursor: Cursor, nowMs: number): string[][] => [
  ['mode', cursor.mode],
  ['watermark', `${isoTime(cursor.watermarkMs)}: every event created before is committed`],
  ['complete as of', isoTime(cursor.completeToMs)],
  ['swept to', isoTime(cursor.sweptToMs)],
  [
    'offset',
    cursor.offset ? `${count(Math.round((nowMs - cursor.offset.obtainedAtMs) / 1000))} s old` : 'none',
  ],
];

export interface Moved {
  readonly stream: StreamName;
  readonly before: StreamState;
  /** Undefined where there was nothing to do. */
  readonly move: Move | undefined;
  readonly applied: boolean;
  readonly nowMs: number;
}

/** What was done, or would be, for programs. */
export function moveJson({ stream, before, move, applied, nowMs }: Moved) {
  return {
    connector_name: stream.connectorName,
    workspace_gid: stream.workspaceGid,
    applied,
    before: positionJson(before, nowMs),
    after: move ? positionJson({ position: move.position, unreadable: undefined }, nowMs) : null,
    left_out: move?.leftOut ? { ...rangeJson(move.leftOut), reason: move.leftOut.reason } : null,
    published_again: move?.again ? rangeJson(move.again) : null,
  };
}

/** The same for a person. */
export function moveText({ stream, before, move, applied, nowMs }: Moved): string {
  const head = `workspace ${stream.workspaceGid}, connector ${stream.connectorName}`;
  if (move === undefined) return `${head}: is there already, nothing to do\n`;
  const after = { position: move.position, unreadable: undefined };
  return [
    `${head}\n`,
    `before\n${table(positionLines(before, nowMs))}`,
    `${applied ? 'after' : 'would be'}\n${table(positionLines(after, nowMs))}`,
    `what it means\n${meaning(move)
      .map((line) => `  ${line}\n`)
      .join('')}`,
  ].join('');
}

function meaning({ position, leftOut, again }: Move): string[] {
  const lines = [];
  if (isReset(position))
    lines.push('the next start reads everything that Asana still has, from START_AT on where that is set');
  if (leftOut) lines.push(leftOutText(leftOut));
  if (again) lines.push(againText(again));
  return lines.length > 0 ? lines : ['nothing is left out, and nothing is published a second time'];
}

const leftOutText = (gap: PassedGap): string =>
  `events created ${range(gap)} are left out (${gap.reason}); a gap record says so`;

const againText = (again: Republished): string =>
  `events created ${range(again)} are published again: they are then in the topic once more than before`;

const range = ({ fromMs, toMs }: { fromMs: number | undefined; toMs: number }): string =>
  `from ${fromMs === undefined ? 'the oldest' : isoTime(fromMs)} to ${isoTime(toMs)}`;

const table = (lines: readonly (readonly string[])[]): string =>
  lines.map(([name = '', value]) => `  ${name.padEnd(15)} ${value}\n`).join('');

const count = (n: number): string => n.toLocaleString('en');
