/** Bugs in what is done with events that Asana shows again, or late. */

import type { PlantedBug } from './planted-bugs.ts';

const KNOWN_IDS = 'stream/known-ids.ts';

export const AGAIN_AND_LATE_BUGS: readonly PlantedBug[] = [
  {
    name: 'ids at the watermark ignored',
    caughtBy: 'no-duplicate',
    edits: [
      { file: KNOWN_IDS, find: '=> committed.has(id) || swept.has(id);', replace: '=> swept.has(id);' },
      {
        file: KNOWN_IDS,
        find: 'for (const id of cursor?.committed.keys() ?? []) this.#recent.add(id);',
        replace: '',
      },
    ],
  },
  {
    name: 'nothing from before the watermark is known after a restart',
    caughtBy: 'no-duplicate',
    edits: [
      {
        file: KNOWN_IDS,
        find: 'this.#unreadBeforeMs = cursor?.offset && cursor.watermarkMs;',
        replace: '',
      },
    ],
  },
  {
    name: 'a late event without its mark',
    caughtBy: 'time-order',
    edits: [
      { file: 'stream/batch.ts', find: 'isLate ? { ...record, headers: LATE } : record', replace: 'record' },
    ],
  },
  {
    name: 'late events are not looked for',
    caughtBy: 'no-loss',
    edits: [
      { file: 'stream/sweep.ts', find: '!committed.has(id) && !cursor.committed.has(id)', replace: 'false' },
    ],
  },
];
