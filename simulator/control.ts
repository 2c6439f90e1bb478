/** The simulator's own paths, which Asana does not have: its truth, its status, its switches. */

import type { ServerResponse } from 'node:http';
import { drained } from './drained.ts';
import { type Answer, errorAnswer, jsonAnswer } from './errors.ts';
import { parseFilters } from './query.ts';
import type { SimulatorState } from './state.ts';
import { truthOf, visibleIndexes } from './workspace.ts';

const SLICE = 500;

/** Streams every event that is visible now as NDJSON, optionally of one workspace and created in [from, to). */
export async function sendTruth(
  state: SimulatorState,
  query: URLSearchParams,
  response: ServerResponse,
  pause: () => Promise<void>,
): Promise<void> {
  const { startMs = Number.NEGATIVE_INFINITY, endMs = Number.POSITIVE_INFINITY } = truthWindow(query);
  const wanted = query.get('workspace');
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  state.advance();
  for (const workspace of state.workspaces.values()) {
    if (wanted !== null && workspace.gid !== wanted) continue;
    let lines: string[] = [];
    for (const index of visibleIndexes(workspace, state.oldestIndex(workspace), startMs, endMs)) {
      if (lines.push(JSON.stringify(truthOf(workspace, index))) < SLICE) continue;
      await writeLines(response, lines, pause);
      if (response.destroyed) return;
      lines = [];
    }
    await writeLines(response, lines, pause);
  }
  response.end();
}

/** The window's bounds are written like the endpoint's, under shorter names. */
function truthWindow(query: URLSearchParams) {
  const bounds = new URLSearchParams();
  for (const [name, parameter] of [
    ['from', 'start_at'],
    ['to', 'end_at'],
  ] as const) {
    const value = query.get(name);
    if (value !== null) bounds.set(parameter, value);
  }
  return parseFilters(bounds);
}

async function writeLines(
  response: ServerResponse,
  lines: string[],
  pause: () => Promise<void>,
): Promise<void> {
  if (lines.length === 0) return;
  if (response.write(`${lines.join('\n')}\n`)) return pause();
  await drained(response);
}

/** Counts since the start, what is visible now, and the switches. */
export function answerStatus(state: SimulatorState): Answer {
  state.advance();
  const workspaces = [...state.workspaces.values()].map((workspace) => ({
    gid: workspace.gid,
    visible: state.visibleCount(workspace),
    pending_late: workspace.dataset.pendingCount,
  }));
  const { requests, byStatus, byFault } = state.counts;
  return jsonAnswer(
    200,
    JSON.stringify({
      requests,
      refused: byStatus['429'] ?? 0,
      by_status: byStatus,
      faults: byFault,
      events_visible: workspaces.reduce((sum, { visible }) => sum + visible, 0),
      workspaces,
      options: state.options,
    }),
  );
}

/** Changes switches: a JSON object of option or flag names. 400 with every problem if any of them is wrong. */
export function answerChange(state: SimulatorState, text: string): Answer {
  let changes: unknown;
  try {
    changes = JSON.parse(text);
  } catch {
    return errorAnswer(
      400,
      'the body is not JSON; send an object such as {"faults":0.1,"offset-lifetime":"3s"}',
    );
  }
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) {
    return errorAnswer(400, 'the body must be a JSON object such as {"faults":0.1,"offset-lifetime":"3s"}');
  }
  const problems = state.change(changes as Record<string, unknown>);
  if (problems.length > 0) return errorAnswer(400, problems.join('; '));
  return jsonAnswer(200, JSON.stringify(state.options));
}
