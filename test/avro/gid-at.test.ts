import { expect, test } from 'vitest';
import { gidAt } from '../../src/avro/gid-at.ts';
import { TASK_DELETED } from './realistic-events.ts';
import { framed, recordOf } from './round-trip.ts';

test.each(['1', '1211000000000000', 'é', 'x'.repeat(63), 'x'.repeat(64), '🚀'.repeat(5_000)])(
  'the gid is read from its record, whatever its length',
  (gid) => {
    const value = framed(recordOf({ ...TASK_DELETED, gid }), 1);
    expect(gidAt(Buffer.concat([Buffer.from('before'), value]), 6)).toBe(gid);
  },
);
