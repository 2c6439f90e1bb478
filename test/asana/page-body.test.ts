import { describe, expect, test } from 'vitest';
import { readOffsetBehind } from '../../src/asana/page-body.ts';

describe('the offset is read from what stands behind the events', () => {
  test.each([
    ['}', null],
    [',"next_page":null}', null],
    [',"next_page":{"offset":"next","path":"/a","uri":"https:\\/\\/a"}}', 'next'],
    [' , "more": [{"data":[]}], "next_page": {"offset":"n\\u00e4chste"} }\n', 'nächste'],
    [',"next_page":{"offset":"first"},"next_page":{"offset":"last"}}', 'last'],
  ])('%j: %j', (rest, offset) => {
    expect(readOffsetBehind(rest)).toBe(offset);
  });

  test.each([',"data":[]}', ',"d\\u0061ta":0}'])('but not where there are other events: %j', (rest) => {
    expect(readOffsetBehind(rest)).toBeUndefined();
  });

  test.each(['', '}}', ',}', ']}', ',"next_page":{"offset":"next"}'])(
    'nor where it is no JSON: %j',
    (rest) => {
      expect(() => readOffsetBehind(rest)).toThrow(SyntaxError);
    },
  );

  test.each([',"next_page":7}', ',"next_page":{"offset":7}}', ',"next_page":{"offset":""}}'])(
    'and it is refused where it is none: %j',
    (rest) => {
      expect(() => readOffsetBehind(rest)).toThrow("Asana's answer cannot be read");
    },
  );
});
