/** Bugs in how the past is read in windows side by side. */

import type { PlantedBug } from './planted-bugs.ts';

export const WINDOW_BUGS: readonly PlantedBug[] = [
  {
    name: 'the rest of a window that was cut begins behind its last millisecond',
    caughtBy: 'no-loss',
    edits: ['isMuch', 'targetEvents'].map((tested) => ({
      file: 'stream/window-plan.ts',
      find: `${tested} ? { fromMs: reachedMs, toMs: window.toMs }`,
      replace: `${tested} ? { fromMs: reachedMs + 1, toMs: window.toMs }`,
    })),
  },
  {
    name: 'windows are committed as they come, and not in the order of their time',
    caughtBy: 'no-loss',
    edits: [
      {
        file: 'stream/read-windows.ts',
        find: 'for (let head = this.#row[0];',
        replace:
          "this.#row.sort((a, b) => Number('pages' in b && b.pages.length > 0) - Number('pages' in a && a.pages.length > 0));\n    for (let head = this.#row[0];",
      },
    ],
  },
  {
    name: 'the end of a window is taken from a short page',
    caughtBy: 'no-loss',
    edits: [
      {
        file: 'stream/window.ts',
        find: 'chain = step.readToMs === undefined ? step.next : undefined;',
        replace: 'chain = step.readToMs === undefined && events.length > 3 ? step.next : undefined;',
      },
    ],
  },
  {
    name: 'an event behind a window ends it, however far it is dated',
    caughtBy: 'no-loss',
    edits: [
      {
        file: 'stream/window.ts',
        find: 'isDated && createdAtMs >= toMs && createdAtMs < askedToMs;',
        replace: 'isDated && createdAtMs >= toMs;',
      },
    ],
  },
];
