import { expect, test } from 'vitest';
import { bothAsanaObservers, bothStreamObservers } from '../../src/observe/fan-out.ts';
import { statusScene } from './status-scene.ts';

/** An observer like `shape` that remembers what it is told. */
function recording<O extends object>(shape: O): { observer: O; told: unknown[][] } {
  const told: unknown[][] = [];
  const observer = Object.fromEntries(
    Object.keys(shape).map((name) => [name, (...said: unknown[]) => void told.push([name, ...said])]),
  );
  return { observer: observer as O, told };
}

test('both are told everything, with all that is said, one after the other', () => {
  const { observer, requests } = statusScene();
  const kinds: { both: (one: object, other: object) => object; shape: object }[] = [
    { both: bothStreamObservers as (one: object, other: object) => object, shape: observer },
    { both: bothAsanaObservers as (one: object, other: object) => object, shape: requests },
  ];
  for (const { both, shape } of kinds) {
    const [one, other] = [recording(shape), recording(shape)];
    const fanned = new Map<string, (...said: unknown[]) => void>(
      Object.entries(both(one.observer, other.observer)),
    );
    const names = Object.keys(shape);
    for (const name of names) fanned.get(name)?.(name, 2, 3);
    expect(one.told).toEqual(names.map((name) => [name, name, 2, 3]));
    expect(other.told).toEqual(one.told);
  }
});
