import { expect, test } from 'vitest';
import { Places } from '../../src/asana/places.ts';

const { signal } = new AbortController();

/** Who has entered so far, by the order of asking. */
function ask(places: Places, names: readonly string[], aborts: AbortSignal = signal) {
  const entered: string[] = [];
  const asked = names.map((name) => places.take(aborts).then(() => entered.push(name)));
  return { entered, asked };
}

test('who finds no place waits until one is left, in the order of coming', async () => {
  const places = new Places(2);
  const { entered, asked } = ask(places, ['a', 'b', 'c', 'd']);
  await Promise.all(asked.slice(0, 2));
  expect(entered).toEqual(['a', 'b']);

  places.leave();
  await asked[2];
  expect(entered).toEqual(['a', 'b', 'c']);
});

test('who gives up waiting takes no place: the next one gets it', async () => {
  const places = new Places(1);
  await places.take(signal);
  const impatient = new AbortController();
  const given = ask(places, ['gone'], impatient.signal);
  const { entered, asked } = ask(places, ['patient']);
  impatient.abort(new Error('enough'));
  await expect(given.asked[0]).rejects.toThrow('enough');

  places.leave();
  await asked[0];
  expect(entered).toEqual(['patient']);
});

test('a place that nobody waits for is kept for whoever comes next', async () => {
  const places = new Places(1);
  await places.take(signal);
  places.leave();
  const { entered, asked } = ask(places, ['later']);
  await asked[0];
  expect(entered).toEqual(['later']);
});
