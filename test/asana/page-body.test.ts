import { describe, expect, test } from 'vitest';
import { readPageOctets } from '../../src/asana/page-body.ts';

const pageOf = (event: string, more = '') => Buffer.from(`{"data":[${event}]${more}}`);

describe('the texts of a page stay bytes', () => {
  test('with a character for each of them, names included', () => {
    expect(readPageOctets(pageOf('{"é":"🚀","plain":"text"}', ',"next_page":{"offset":"next"}'))).toEqual({
      events: [{ 'Ã©': 'ð\u009f\u009a\u0080', plain: 'text' }],
      offset: 'next',
    });
  });

  test.each(['{"a":"\\u003c\\u007F\\n"}', '{"a":"\\\\"}', '{}'])('where escapes mean ASCII: %s', (event) => {
    expect(readPageOctets(pageOf(event))?.events).toEqual([JSON.parse(event)]);
  });

  test('those that an escape means too', () => {
    expect(readPageOctets(pageOf('{"\\u00e9":"\\ud83d\\ude80 ü"}'))?.events).toEqual([
      { 'Ã©': 'ð\u009f\u009a\u0080 Ã¼' },
    ]);
  });

  test('but not where each is an escape, or many are: as text, they are read sooner', () => {
    expect(readPageOctets(pageOf('{"a":"\\u00e9"}'))).toBeUndefined();
    expect(readPageOctets(pageOf(`{"a":"ü${'\\u00e9'.repeat(5_000)}"}`))).toBeDefined();
    expect(readPageOctets(pageOf(`{"a":"ü${'\\u00e9'.repeat(5_001)}"}`))).toBeUndefined();
  });

  test.each([
    ['no UTF-8', Buffer.concat([Buffer.from('{"data":[{"a":"'), Buffer.of(0xe9), Buffer.from('"}]}')])],
    ['behind a byte order mark', Buffer.from('\ufeff{"data":[]}')],
    ['half a surrogate pair', pageOf('{"a":"\\ud83d"}')],
    ['no JSON', Buffer.from('{"data":[')],
    ['no page', Buffer.from('{"data":{}}')],
  ])('but not of what is %s', (_what, body) => {
    expect(readPageOctets(body)).toBeUndefined();
  });
});
