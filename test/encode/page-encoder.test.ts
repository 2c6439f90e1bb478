import { createSecretKey } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { eventIn } from '../../src/avro/to-event.ts';
import { bytesIn } from '../../src/byte-range.ts';
import { InlinePageEncoder, type PageEncoder } from '../../src/encode/page-encoder.ts';
import { ThreadedPageEncoder } from '../../src/encode/threaded-page-encoder.ts';
import { type Hiding, hiderOf } from '../../src/privacy/hiding.ts';
import { TASK_DELETED } from '../avro/realistic-events.ts';

const WORKSPACE_GID = '1200000000000001';
const signal = new AbortController().signal;
const nothing: Hiding = { dropped: [], hashed: [], key: undefined };
const bodyOf = (...events: unknown[]) =>
  Buffer.from(JSON.stringify({ data: events, next_page: { offset: 'next' } }));

/**
 * A thread that dies of one body, is slow with another, answers a third so deeply that only its own larger stack can take it, and takes
 * anything else for an empty page.
 */
const MORTAL = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const page = { offset: 'alive', createdAtMs: new Float64Array(), ends: new Uint32Array(), bytes: new Uint8Array(), unmappable: new Map() };
    parentPort.on('message', ({ id, body }) => {
      const text = Buffer.from(body).toString();
      if (text === 'die') throw new Error('it died');
      if (text === 'deep') parentPort.postMessage(Array(8_000).fill().reduce((deep) => [deep], []));
      else if (text !== 'other') parentPort.postMessage({ id, page });
    });
  `)}`,
);

const threads: ThreadedPageEncoder[] = [];
const ENCODERS: Record<string, (hiding?: Hiding) => PageEncoder> = {
  'within the thread': (hiding = nothing) => new InlinePageEncoder(hiderOf(hiding)),
  'in a thread of its own': (hiding = nothing) => {
    const encoder = new ThreadedPageEncoder(hiding);
    threads.push(encoder);
    return encoder;
  },
};
afterAll(() => Promise.all(threads.map((encoder) => encoder.close())));

describe.each(Object.entries(ENCODERS))('an encoder %s', (_where, create) => {
  const encoder = create();
  const encode = (body: Buffer, by = encoder) => by.encode(body, WORKSPACE_GID, signal);

  test('gives each event its id, its time and the value of its record', async () => {
    const { events, offset } = await encode(bodyOf(TASK_DELETED, { ...TASK_DELETED, gid: '2' }));
    expect(offset).toBe('next');
    expect(events.map(({ id, createdAtMs }) => [id, createdAtMs])).toEqual(
      [TASK_DELETED.gid, '2'].map((gid) => [gid, Date.parse(TASK_DELETED.created_at)]),
    );
    expect(events.map(({ value }) => value && eventIn(bytesIn(value)))).toEqual([
      TASK_DELETED,
      { ...TASK_DELETED, gid: '2' },
    ]);
  });

  test('keeps what cannot be a record whole, in its place, with numbers as they were sent', async () => {
    const body = Buffer.from(
      `{"data":[{"gid":"1"},7,{"n":12345678901234567890,"created_at":"2026-06-01T00:00:05Z"},${JSON.stringify(TASK_DELETED)}]}`,
    );
    const { events, offset } = await encode(body);
    expect(offset).toBeNull();
    expect(events.map(({ unmappable }) => unmappable && [unmappable.code, unmappable.json])).toEqual([
      ['created-at-missing', '{"gid":"1"}'],
      ['not-an-object', '7'],
      ['gid-missing', '{"created_at":"2026-06-01T00:00:05Z","n":12345678901234567890}'],
      undefined,
    ]);
    expect(events.map(({ id, createdAtMs }) => [id.slice(0, 7), createdAtMs])).toEqual([
      ['sha256:', undefined],
      ['sha256:', undefined],
      ['sha256:', Date.parse('2026-06-01T00:00:05Z')],
      [TASK_DELETED.gid.slice(0, 7), Date.parse(TASK_DELETED.created_at)],
    ]);
  });

  test('takes an empty page, and one that is as deep as a page can be', async () => {
    expect((await encode(bodyOf())).events).toEqual([]);
    const depth = 3_000;
    const { events } = await encode(Buffer.from(`{"data":[{},${'['.repeat(depth)}${']'.repeat(depth)}]}`));
    expect(events[1]?.unmappable?.json).toHaveLength(2 * depth);
  });

  test.each(['{"data":[', '{}', '{"data":[],"next_page":7}'])(
    'refuses %j as an answer that cannot be read, and goes on',
    async (body) => {
      await expect(encode(Buffer.from(body))).rejects.toMatchObject({
        code: 'ASANA_ANSWER_INVALID',
        disposition: 'retry-request',
        message: expect.stringContaining("Asana's answer cannot be read"),
      });
      expect((await encode(bodyOf(TASK_DELETED))).events).toHaveLength(1);
    },
  );

  test('leaves memory alone that a body shares with others', async () => {
    const shared = Buffer.concat([bodyOf(TASK_DELETED), Buffer.from('neighbour')]);
    expect((await encode(shared.subarray(0, -9))).events).toHaveLength(1);
    expect(shared.subarray(-9).toString()).toBe('neighbour');
  });

  test('hides before anything is given back', async () => {
    const key = createSecretKey(Buffer.from('k'.repeat(32)));
    const hiding = { dropped: ['resource.name'], hashed: ['actor.email'], key };
    const events = [TASK_DELETED, { actor: { email: 'canary' }, resource: { name: 'canary' } }];
    const given = await encode(bodyOf(...events), create(hiding));
    const all = given.events.map(({ value, unmappable }) =>
      value ? bytesIn(value).toString('latin1') : unmappable?.json,
    );
    expect(all.join()).not.toContain('canary');
    expect(all.join()).not.toContain(TASK_DELETED.actor.email);
    expect(all.join().match(/hmac-sha256:/g)).toHaveLength(2);
  });

  test('does nothing for who has given up', async () => {
    const reason = new Error('stop');
    await expect(encoder.encode(bodyOf(), WORKSPACE_GID, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('the thread', () => {
  test('is not waited for by who gives up meanwhile', async () => {
    const encoder = ENCODERS['in a thread of its own']?.();
    const stop = new AbortController();
    const asked = encoder?.encode(bodyOf(TASK_DELETED), WORKSPACE_GID, stop.signal);
    stop.abort(new Error('stop'));
    await expect(asked).rejects.toThrow('stop');
  });

  test.each([
    ['where it ends', 'die', 'it died'],
    ['where its answer cannot be read', 'deep', 'Maximum call stack size exceeded'],
  ])('fails what it was asked for %s, and the next page has another', async (_why, body, reason) => {
    const encoder = new ThreadedPageEncoder(nothing, MORTAL);
    threads.push(encoder);
    const asked = ['other', body].map((text) => encoder.encode(Buffer.from(text), WORKSPACE_GID, signal));
    for (const failed of asked) {
      await expect(failed).rejects.toMatchObject({
        code: 'ENCODER_ENDED',
        disposition: 'new-session',
        message: `the thread that encodes pages has ended: ${reason}`,
      });
    }
    expect((await encoder.encode(Buffer.from('x'), WORKSPACE_GID, signal)).offset).toBe('alive');
  });

  test('ends by a request that it cannot read', async () => {
    const program = new URL('../../src/encode/encoder-thread.ts', import.meta.url);
    const thread = new Worker(program, { workerData: nothing, resourceLimits: { stackSizeMb: 0.5 } });
    const failed = once(thread, 'exit');
    thread.postMessage(
      Array(3_000)
        .fill(undefined)
        .reduce((deep) => [deep], []),
    );
    await expect(failed).rejects.toThrow('Maximum call stack size exceeded');
  });

  test('once closed, fails what is asked for and takes nothing more', async () => {
    const encoder = new ThreadedPageEncoder(nothing);
    const asked = encoder.encode(bodyOf(TASK_DELETED), WORKSPACE_GID, signal);
    await Promise.all([expect(asked).rejects.toMatchObject({ code: 'ENCODER_ENDED' }), encoder.close()]);
    await expect(encoder.encode(bodyOf(), WORKSPACE_GID, signal)).rejects.toThrow('it was closed');
  });
});
