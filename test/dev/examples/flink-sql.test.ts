import { expect, test } from 'vitest';
import { readTables } from '../../../dev/examples/flink-sql.ts';

const PRINTED = `OK
+-------------------------+--------------------+
|              created_at |              email |
+-------------------------+--------------------+
| 2026-11-27 12:31:29.116 | user.1@example.com |
| 2026-11-27 12:39:57.422 |             <NULL> |
+-------------------------+--------------------+
2 rows in set
+--------+
| events |
+--------+
|     60 |
+--------+
1 row in set
`;

test('each table that Flink prints is read, without its head', () => {
  expect(readTables(PRINTED)).toEqual([
    ['2026-11-27 12:31:29.116 | user.1@example.com', '2026-11-27 12:39:57.422 | <NULL>'],
    ['60'],
  ]);
});

test('a table that was cut off is none', () => {
  expect(readTables(PRINTED.slice(0, PRINTED.indexOf('1 row in set')))).toHaveLength(1);
});
