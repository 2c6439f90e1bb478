import { utf8Bytes } from '../utf8.ts';

const M = 0x5bd1e995;
const SEED = 0x9747b28c;

/**
 * The partition of a keyed record by the Java client's default partitioner, so that stream processors can join by key.
 *
 * kafkajs has the same hash, on BigInt: some microseconds a key, which is a third of what an event may cost.
 */
export function partitionOf(key: string, partitions: number): number {
  // A gid is ASCII, each character a byte: a buffer for it takes longer than the hash.
  const octets = utf8Bytes(key) === key.length ? key : Buffer.from(key).toString('latin1');
  return (murmur2(octets) & 0x7fffffff) % partitions;
}

/**
 * Kafka's variant of MurmurHash2, a signed 32-bit integer. Source: org.apache.kafka.common.utils.Utils.murmur2.
 *
 * @param octets a character a byte
 */
export function murmur2(octets: string): number {
  const { length } = octets;
  const whole = length & ~3;
  let h = SEED ^ length;
  for (let at = 0; at < whole; at += 4) {
    let k = Math.imul(int32At(octets, at), M);
    k = Math.imul(k ^ (k >>> 24), M);
    h = Math.imul(h, M) ^ k;
  }
  if (whole < length) {
    for (let at = length - 1; at >= whole; at--) h ^= octets.charCodeAt(at) << (8 * (at - whole));
    h = Math.imul(h, M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}

/** Little-endian. */
const int32At = (octets: string, at: number): number =>
  octets.charCodeAt(at) |
  (octets.charCodeAt(at + 1) << 8) |
  (octets.charCodeAt(at + 2) << 16) |
  (octets.charCodeAt(at + 3) << 24);
