import { hash } from 'node:crypto';

const LANES = 4;
const LANE_MODULUS = 2 ** 32;

/** Digest of no gid at all. */
export const EMPTY_DIGEST = '0'.repeat(32);

/**
 * Adds `gids` to an order-independent digest of a multiset of gids: the sum, in four 32-bit lanes, of the first 16 bytes of
 * each gid's SHA-256, as 32 hexadecimal digits. A sum, because XOR would not see a gid that is there twice more than expected.
 */
export function addToDigest(digest: string, gids: Iterable<string>): string {
  const sums = Array.from({ length: LANES }, (_, lane) =>
    Number.parseInt(digest.slice(8 * lane, 8 * lane + 8), 16),
  );
  for (const gid of gids) {
    // A character a byte: a buffer each takes longer to make than the hash.
    const sha256 = hash('sha256', gid, 'binary');
    for (let lane = 0; lane < LANES; lane++) {
      sums[lane] = ((sums[lane] ?? 0) + uint32At(sha256, 4 * lane)) % LANE_MODULUS;
    }
  }
  return sums.map((sum) => sum.toString(16).padStart(8, '0')).join('');
}

/** Big-endian. */
const uint32At = (bytes: string, at: number): number =>
  ((bytes.charCodeAt(at) << 24) |
    (bytes.charCodeAt(at + 1) << 16) |
    (bytes.charCodeAt(at + 2) << 8) |
    bytes.charCodeAt(at + 3)) >>>
  0;
