import { expect, test } from 'vitest';
import { ask, auditUrl, simulate } from './support.ts';

test('a request without a token gets 401 Not Authorized', async () => {
  const response = await fetch(auditUrl(await simulate()));
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ errors: [{ message: 'Not Authorized' }] });
});

test('a revoked token gets 401 from then on', async () => {
  const simulator = await simulate();
  expect((await ask(simulator)).status).toBe(200);
  await fetch(new URL('/simulator/options', simulator.baseUrl), { method: 'POST', body: '{"revoked":true}' });
  expect((await ask(simulator)).status).toBe(401);
});

test('a personal access token gets 403', async () => {
  const simulator = await simulate({ personalToken: 'mine' });
  expect((await ask(simulator, {}, { token: 'mine' })).status).toBe(403);
});

test('an account below Enterprise+ gets 402', async () => {
  expect((await ask(await simulate({ plan: 'business' }))).status).toBe(402);
});

test('an unknown workspace gets 404 with its gid', async () => {
  const reply = await ask(await simulate(), {}, { workspace: '99' });
  expect([reply.status, reply.message]).toEqual([404, 'workspace: Unknown object: 99']);
});

test('a token can be good for one workspace only', async () => {
  const simulator = await simulate({ workspaces: ['11', '22'], token: '11:one,22:two' });
  expect((await ask(simulator, {}, { token: 'one', workspace: '11' })).status).toBe(200);
  expect((await ask(simulator, {}, { token: 'one', workspace: '22' })).status).toBe(403);
});

test('two workspaces share no event', async () => {
  const simulator = await simulate({ workspaces: ['11', '22'] });
  const truth = [...simulator.truth()];
  expect(truth).toHaveLength(5_000);
  expect(new Set(truth.map(({ gid }) => gid)).size).toBe(5_000);
  expect(new Set(truth.map(({ sha256 }) => sha256)).size).toBe(5_000);
});

test.each(['POST', 'PUT', 'DELETE'])('%s gets 405: the log is read-only', async (method) => {
  const response = await fetch(auditUrl(await simulate()), { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
});

test('another path gets 404', async () => {
  const simulator = await simulate();
  const response = await fetch(`${simulator.baseUrl}/users/me`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ errors: [{ message: 'No matching route for request' }] });
});
