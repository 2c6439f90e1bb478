/**
 * The part of a token's request budget that this replica may use: its running streams of the token, of all of the group.
 *
 * A stream that only other replicas are configured with, while a configuration is rolled out, may use any token: it counts for each.
 *
 * @param streamsOfToken those that this replica is configured with
 * @param running those that it runs
 * @param streamsOfGroup those that any replica is configured with
 * @returns 0 to 1
 */
export function budgetShare(
  streamsOfToken: ReadonlySet<string>,
  configured: ReadonlySet<string>,
  running: ReadonlySet<string>,
  streamsOfGroup: Iterable<string>,
): number {
  const strangers = new Set(streamsOfGroup).difference(configured).size;
  return streamsOfToken.intersection(running).size / (streamsOfToken.size + strangers);
}
