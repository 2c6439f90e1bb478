/** Bugs in how a time is skipped that Asana refuses for good. */

import type { PlantedBug } from './planted-bugs.ts';

export const REFUSAL_BUGS: readonly PlantedBug[] = [
  {
    name: 'a time that Asana refuses is skipped silently',
    caughtBy: 'no-loss',
    edits: [
      {
        file: 'stream/committer.ts',
        find: 'const records = gaps.map((gap) => record(keys.gap(gap.fromMs), encodeGap(gap, nowMs)));',
        replace: 'const records: PlacedRecord[] = [];',
      },
    ],
  },
  {
    name: 'more is skipped than what Asana refuses',
    caughtBy: 'no-loss',
    edits: [
      {
        file: 'stream/isolate.ts',
        find: 'return { fromMs: atMs, toMs: yield* endOf(atMs, endAtMs) };',
        replace: 'return { fromMs: fromMs ?? 0, toMs: yield* endOf(atMs, endAtMs) };',
      },
    ],
  },
];
