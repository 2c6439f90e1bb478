import { expect, test } from 'vitest';
import { Confirmation } from '../../src/group/confirmation.ts';

const never = new AbortController().signal;

/** Whether it has resolved by now. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  promise.then(
    () => {
      done = true;
    },
    () => {},
  );
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test('an answer to a question that was under way confirms nothing: it may be older than the doubt', async () => {
  const confirmation = new Confirmation();
  confirmation.ask();
  const doubt = confirmation.next(never);
  confirmation.confirm();
  expect(await isDone(doubt)).toBe(false);

  confirmation.ask();
  confirmation.confirm();
  expect(await isDone(doubt)).toBe(true);
});

test('a question without an answer leaves the doubt to the next one', async () => {
  const confirmation = new Confirmation();
  const doubt = confirmation.next(never);
  confirmation.ask();
  expect(await isDone(doubt)).toBe(false);
  confirmation.ask();
  confirmation.confirm();
  expect(await isDone(doubt)).toBe(true);
});

test('whoever is stopped does not wait', async () => {
  await expect(new Confirmation().next(AbortSignal.abort(new Error('given up')))).rejects.toThrow('given up');
});
