import { expect, test } from 'vitest';
import { crc32c } from '../../src/kafka/crc32c.ts';

// RFC 3720, B.4: the check values of iSCSI, which has the same polynomial; and the usual one, of the digits.
test.each([
  ['nothing', Buffer.alloc(0), 0],
  ['the digits 1 to 9', Buffer.from('123456789'), 0xe3069283],
  ['32 bytes of zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['32 ascending bytes', Buffer.from(Array.from({ length: 32 }, (_, byte) => byte)), 0x46dd794e],
])('the checksum of %s is the one of the standard', (_what, text, expected) => {
  expect(crc32c(text)).toBe(expected);
});
