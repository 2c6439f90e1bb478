import { expect, test } from 'vitest';
import { findFreePorts } from '../../dev/ports.ts';

const sequence = (values: number[]) => () => values.shift() ?? 0;

test('a port that is taken, and one found already, is passed over', async () => {
  const taken = new Set([20_000]);

  const ports = await findFreePorts(2, async (port) => !taken.has(port), sequence([0, 0.5, 0.5, 0.25]));

  expect(ports).toEqual([26_000, 23_000]);
});

test('when nothing is free it gives up with a message', async () => {
  await expect(findFreePorts(1, async () => false)).rejects.toThrow(/found only 0 of 1 free ports/);
});
