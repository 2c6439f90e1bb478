const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
/** In smaller bodies there cannot be enough of them. */
const SMALL_BYTES = 4 * 1024 * 1024;
/** A page of events has one in a hundred bytes; each takes some fifty bytes of memory, whatever it holds. */
const MOST = 2_000_000;

/**
 * Whether a body that is small enough on the wire would be too large in memory: `[` and `{}` are a byte or three, and fifty once
 * they are parsed. Those within strings count too, which no page has many of.
 */
export function wouldBurst(body: Uint8Array): boolean {
  if (body.length <= SMALL_BYTES) return false;
  let count = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) count++;
  }
  return count > MOST;
}
