import { describe, expect, test } from 'vitest';
import { frame, request, response } from './kafka-frames.ts';
import { ApiKey, createKafkaTap, type Exchange, namesTopic } from './kafka-tap.ts';

function tapped() {
  const seen: Exchange[] = [];
  const tap = createKafkaTap((exchange) => {
    seen.push(exchange);
    return 'pass';
  });
  return { seen, tap };
}

describe('requests and responses', () => {
  test.each([1, 3, 7, 1_000])('are seen whole, however they are cut: %d bytes at a time', (sizeBytes) => {
    const { seen, tap } = tapped();
    const bytes = Buffer.concat([
      request(ApiKey.Produce, 1, 'a.events'),
      request(ApiKey.EndTxn, 2, 'id'),
      request(ApiKey.Produce, 3, 'a.state'),
    ]);
    for (let at = 0; at < bytes.length; at += sizeBytes)
      tap.see('client', bytes.subarray(at, at + sizeBytes));
    expect(seen.map(({ apiKey }) => apiKey)).toEqual([ApiKey.Produce, ApiKey.EndTxn, ApiKey.Produce]);
    expect(seen.map((each) => namesTopic(each, 'a.state'))).toEqual([false, false, true]);
  });

  test('belong together by their correlation id, in whatever order the answers come', () => {
    const { seen, tap } = tapped();
    tap.see('client', request(ApiKey.Produce, 1, 'a.events'));
    tap.see('client', request(ApiKey.EndTxn, 2, 'id'));
    tap.see('server', Buffer.concat([response(2), response(1)]));
    expect(seen.filter((each) => each.response).map(({ apiKey }) => apiKey)).toEqual([
      ApiKey.EndTxn,
      ApiKey.Produce,
    ]);
  });

  test('name a topic only by its whole name', () => {
    const { seen, tap } = tapped();
    tap.see('client', request(ApiKey.Produce, 1, 'a.events.dead-letters'));
    expect(seen.map((each) => namesTopic(each, 'a.events'))).toEqual([false]);
  });
});

describe('what the verdict says', () => {
  test('withheld bytes do not pass', () => {
    const tap = createKafkaTap(() => 'withhold');
    expect(tap.see('client', request(ApiKey.EndTxn, 1, 'id'))).toBe(false);
  });

  test('a function is called once the bytes have passed', () => {
    let calls = 0;
    const tap = createKafkaTap(() => () => calls++);
    const passed = tap.see('client', frame(Buffer.concat([request(ApiKey.EndTxn, 1, 'id').subarray(4)])));
    expect(calls).toBe(0);
    if (typeof passed === 'function') passed();
    expect(calls).toBe(1);
  });
});
