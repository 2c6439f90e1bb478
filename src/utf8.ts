/** Texts of a few characters, as ids are: the call of native code takes as long as some thirty of them. */

const SHORT = 32;
const LAST_ASCII = 0x7f;

/** How many bytes its UTF-8 has. */
export const utf8Bytes = (text: string): number =>
  isShortAscii(text) ? text.length : Buffer.byteLength(text);

/** Behind the text's UTF-8, put at `at`, where there must be room for it. */
export function writeUtf8(memory: Buffer, at: number, text: string): number {
  if (!isShortAscii(text)) return at + memory.write(text, at);
  for (let index = 0; index < text.length; index++) memory[at + index] = text.charCodeAt(index);
  return at + text.length;
}

function isShortAscii(text: string): boolean {
  if (text.length > SHORT) return false;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > LAST_ASCII) return false;
  return true;
}
