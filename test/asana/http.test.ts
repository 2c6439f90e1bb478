import { once } from 'node:events';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { getter, serveHttp, serveTcp } from './http-server.ts';

const unreachable = (message: string | RegExp) =>
  expect.objectContaining({
    code: 'ASANA_UNREACHABLE',
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  });
const invalid = (message: string) =>
  expect.objectContaining({ code: 'ASANA_ANSWER_INVALID', message: expect.stringContaining(message) });

test('an answer comes whole, with its status and lower-case headers, whatever the status', async () => {
  for (const status of [200, 404, 500]) {
    const { url } = await serveHttp((_, response) => {
      response.writeHead(status, { 'Retry-After': '7' }).write('{"a":');
      response.end('"é"}');
    });
    const answer = await getter()(url);
    expect(answer).toMatchObject({ status, headers: { 'retry-after': '7' } });
    expect(answer.body.toString()).toBe('{"a":"é"}');
  }
});

test('path, query and headers are sent as given, and nothing but gzip is accepted', async () => {
  const { url } = await serveHttp(({ method, url, headers }, response) =>
    response.end(JSON.stringify({ method, url, headers })),
  );
  const { body } = await getter()(new URL('/a/b?x=%2B', url), undefined, { authorization: 'Bearer t' });
  expect(JSON.parse(body.toString())).toMatchObject({
    method: 'GET',
    url: '/a/b?x=%2B',
    headers: { authorization: 'Bearer t', accept: 'application/json', 'accept-encoding': 'gzip' },
  });
});

test.each([
  ['empty', ''],
  ['short', '{"data":[]}'],
  ['long', 'x'.repeat(500_000)],
])('a gzipped body comes unzipped: %s', async (_, text) => {
  const { url } = await serveHttp((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text)),
  );
  expect((await getter()(url)).body.toString()).toBe(text);
});

test.each([301, 302, 303, 307, 308])(
  'a %i is an answer and not followed: the token stays here',
  async (status) => {
    let followed = 0;
    const elsewhere = await serveHttp((_, response) => {
      followed++;
      response.end();
    });
    const { url } = await serveHttp((_, response) =>
      response.writeHead(status, { location: elsewhere.url.href }).end(),
    );
    expect(await getter()(url)).toMatchObject({ status });
    expect(followed).toBe(0);
  },
);

test('the body may be as large as its cap, and not a byte larger', async () => {
  const { url } = await serveHttp((request, response) =>
    response.end(Buffer.alloc(Number(request.url?.slice(1)))),
  );
  const get = getter({ maxBodyBytes: 100_000 });
  expect((await get(new URL('/100000', url))).body).toHaveLength(100_000);
  await expect(get(new URL('/100001', url))).rejects.toThrow(invalid('larger than 100000 bytes'));
});

test('a body without end is cut off at its cap, and its connection closed', async () => {
  const server = await serveHttp((_, response) => {
    const more = () => {
      while (response.writable && response.write(Buffer.alloc(16_384)));
    };
    response.on('drain', more);
    more();
  });
  await expect(getter({ maxBodyBytes: 1_000_000 })(server.url)).rejects.toThrow(invalid('larger than'));
  await server.allClosed();
});

test('a gzip bomb is cut off at the cap of what it unzips to, and its connection closed', async () => {
  const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024));
  expect(bomb.length).toBeLessThan(50_000);
  const server = await serveHttp((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).write(bomb);
  });
  await expect(getter({ maxBodyBytes: 50_000 })(server.url)).rejects.toThrow(
    invalid('larger than 50000 bytes'),
  );
  await server.allClosed();
});

test.each([
  ['no gzip at all', Buffer.from('{"data":[]}')],
  ['a gzip that ends early', gzipSync('x'.repeat(1_000)).subarray(0, -9)],
  ['a gzip with a wrong checksum', Buffer.concat([gzipSync('abc').subarray(0, -8), Buffer.alloc(8, 1)])],
])('%s that claims to be gzip is an invalid answer', async (_, body) => {
  const { url } = await serveHttp((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(body),
  );
  await expect(getter()(url)).rejects.toThrow(invalid('not the gzip that it says'));
});

test.each(['identity', 'gzip'])('a body (%s) that ends before its length is no answer', async (encoding) => {
  const body = encoding === 'gzip' ? gzipSync('x'.repeat(1_000)) : Buffer.from('x'.repeat(1_000));
  const { url } = await serveHttp((_, response) => {
    response.writeHead(200, { 'content-encoding': encoding, 'content-length': body.length + 10 });
    response.write(body, () => response.destroy());
  });
  await expect(getter()(url)).rejects.toThrow(unreachable(url.origin));
});

test('a chunked body that ends without its last chunk is no answer', async () => {
  const { url } = await serveHttp((_, response) => response.write('{"data":[]}', () => response.destroy()));
  await expect(getter()(url)).rejects.toThrow(unreachable(url.origin));
});

test('what comes behind the content-length is not taken for the next answer', async () => {
  let requests = 0;
  const { url } = await serveTcp((socket) => {
    requests++;
    const stray = requests === 1 ? 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstray' : '';
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nGOOD${stray}`);
  });
  const get = getter();
  for (let i = 0; i < 3; i++) expect((await get(url)).body.toString()).toBe('GOOD');
});

test.each([
  ['a connection reset before the answer', ''],
  ['a connection reset in the head', 'HTTP/1.1 200 OK\r\ncont'],
  ['a connection reset in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"da'],
])('%s is no answer', async (_, beginning) => {
  const { url } = await serveTcp((socket) => {
    if (beginning) socket.write(beginning, () => socket.resetAndDestroy());
    else socket.resetAndDestroy();
  });
  await expect(getter()(url)).rejects.toThrow(unreachable(/: .+/));
});

test('what is not HTTP is no answer', async () => {
  const { url } = await serveTcp((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
  await expect(getter()(url)).rejects.toThrow(unreachable(url.origin));
});

test('a port on which nobody listens is named, with the reason', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  server.close();
  await once(server, 'close');
  for (const host of ['127.0.0.1', 'localhost']) {
    await expect(getter()(new URL(`http://${host}:${port}/`))).rejects.toThrow(
      unreachable(new RegExp(`^http://${host}:${port}: .*ECONNREFUSED`)),
    );
  }
});
