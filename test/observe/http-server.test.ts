import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as macrotask } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { serveHttp } from '../../src/observe/http-server.ts';
import { createRoutes } from '../../src/observe/routes.ts';
import { watchStream } from '../../src/observe/stream-watch.ts';
import { statusScene } from './status-scene.ts';
import { position, watched } from './watched.ts';

async function serve(port = 0, host = '127.0.0.1') {
  const { metrics, log } = watched();
  const { health, status, observer, clock } = statusScene();
  const routes = createRoutes({ metrics: metrics.registry, health, status });
  const server = await serveHttp({ host, port }, routes);
  onTestFinished(() => server.close());
  return {
    server,
    observer,
    clock,
    addStream: () => watchStream('111', metrics, log, clock),
    at: (path: string) => new URL(path, server.url),
  };
}

test('/metrics answers in the text format of Prometheus', async () => {
  const { addStream, at } = await serve();
  addStream();
  const answer = await fetch(at('/metrics'));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  expect(text).toContain('asana_audit_events_committed_total{stream="111"} 0\n');
  expect(text).toContain('asana_audit_build_info{version="1.2.3",');
});

test('/livez is 200, /readyz 503 until every stream is ready, each with its reason', async () => {
  const { observer, at, clock } = await serve();
  const read = async (path: string) => {
    const answer = await fetch(at(path));
    return [answer.status, answer.headers.get('content-type'), await answer.json()];
  };
  expect(await read('/livez')).toEqual([200, 'application/json', { ok: true }]);
  expect(await read('/readyz')).toEqual([
    503,
    'application/json',
    { ok: false, streams: { '111': 'starting' }, reasons: { '111': expect.any(String) } },
  ]);
  observer.positioned(position(clock.now()));
  expect(await read('/readyz?verbose')).toEqual([
    200,
    'application/json',
    { ok: true, streams: { '111': 'live' } },
  ]);
});

test('/ is the page, /status.json what it shows; both allow nothing from elsewhere', async () => {
  const { at } = await serve();
  const [page, status] = [await fetch(at('/')), await fetch(at('/status.json'))];
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).toContain('<h1');
  expect(await status.json()).toMatchObject({ version: '1.2.3', streams: [{ stream: '111' }] });
  for (const { headers } of [page, status]) {
    const policy = headers.get('content-security-policy')?.split('; ');
    for (const directive of ['default-src', 'base-uri', 'form-action', 'frame-ancestors'])
      expect(policy).toContain(`${directive} 'none'`);
    expect(policy?.join()).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('every file that the page names is there, with its type, and needs nothing else', async () => {
  const { at } = await serve();
  const types = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
  const html = await (await fetch(at('/'))).text();
  const found = new Set([...html.matchAll(/(?:href|src)="(\/page\/[^"]+)"/g)].map(([, path = '']) => path));
  expect(found.size).toBeGreaterThan(3);
  for (const path of found) {
    const answer = await fetch(at(path));
    const type = types[path.split('.').at(-1) as keyof typeof types];
    expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
      path,
      200,
      expect.stringContaining(type),
    ]);
    const text = await answer.text();
    for (const [, name] of text.matchAll(/from '\.\/([^']+)'/g)) found.add(`/page/${name}`);
    expect(text.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\/|@import|url\(/);
  }
});

test.each([
  '/metricsx',
  '/metrics/',
  '//livez',
  '/../livez%00',
  '/%',
  '/page',
  '/page/',
  '/page/../../../errors.ts',
])('%s is 404 and says what there is', async (path) => {
  const { server } = await serve();
  const answer = await fetch(server.url + path);
  expect(answer.status).toBe(404);
  expect(await answer.text()).toBe('Not found. There are /, /status.json, /metrics, /livez, /readyz\n');
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
  '%s is 405 and says what is allowed',
  async (method) => {
    const { at } = await serve();
    const answer = await fetch(at('/metrics'), { method });
    await answer.text();
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  },
);

test('HEAD has the headers of GET and no body', async () => {
  const { at } = await serve();
  const [head, get] = [await fetch(at('/livez'), { method: 'HEAD' }), await fetch(at('/livez'))];
  for (const name of ['content-type', 'content-length'])
    expect(head.headers.get(name)).toBe(get.headers.get(name));
  expect([head.status, await head.text(), await get.text()]).toEqual([200, '', '{"ok":true}\n']);
});

test('clients that send half a request, or never read, do not hold the others', async () => {
  const { server, at } = await serve();
  const port = Number(new URL(server.url).port);
  const stuck = [
    '',
    'GET /metrics HTT',
    'GET /metrics HTTP/1.1\r\nhost: x\r\n',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n',
  ];
  for (const text of stuck) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    socket.write(text);
  }
  const deaf = connect(port, '127.0.0.1').pause();
  onTestFinished(() => void deaf.destroy());
  await once(deaf, 'connect');
  deaf.write('GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(50));
  await macrotask();
  expect((await fetch(at('/livez'))).status).toBe(200);
});

test('close() ends although clients keep connections open', async () => {
  const { server, at } = await serve();
  const idle = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(idle, 'connect');
  await (await fetch(at('/livez'))).text();
  const closed = once(idle, 'close');
  idle.on('error', () => {}).resume();
  await server.close();
  await closed;
  await expect(fetch(at('/livez'))).rejects.toThrow();
});

test('a port in use, or a host that is not ours, is CONFIG_INVALID and names the variables', async () => {
  const { server } = await serve();
  const port = Number(new URL(server.url).port);
  await expect(serve(port)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(
      /^HTTP_PORT: another process listens on 127\.0\.0\.1:\d+; set HTTP_PORT to a free port.*EADDRINUSE/,
    ),
  });
  await expect(serve(0, '192.0.2.1')).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('HTTP_HOST'),
  });
});
