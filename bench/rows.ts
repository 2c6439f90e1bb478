/** All rows, in the order of the table. */

import type { Row } from './bench.ts';
import { catchUpLimited, catchUpUnlimited } from './rows/catch-up.ts';
import { commitRow } from './rows/commit.ts';
import { growth } from './rows/growth.ts';
import { idle } from './rows/idle.ts';
import { live } from './rows/live.ts';
import { memory } from './rows/memory.ts';
import { microRows } from './rows/micro.ts';
import { start } from './rows/start.ts';
import { wholePath } from './rows/whole-path.ts';

export const ROWS: Readonly<Record<string, Row>> = {
  encode: microRows,
  commit: commitRow,
  'whole-path': wholePath,
  'catch-up-50': catchUpUnlimited(50),
  'catch-up-250': catchUpUnlimited(250),
  'catch-up-1000': catchUpUnlimited(1_000),
  'catch-up-limited': catchUpLimited,
  live,
  memory,
  start,
  idle,
  growth,
};
