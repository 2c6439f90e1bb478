export interface ShareFacts {
  /** Of the workspaces that this replica is configured with, those that use the token. */
  readonly streamsOfToken: ReadonlySet<string>;
  readonly configured: ReadonlySet<string>;
  /** What it runs. */
  readonly running: ReadonlySet<string>;
  /** All that any replica is configured with. */
  readonly streamsOfGroup: Iterable<string>;
}

/**
 * The requests a minute of a token that this replica may use, of `requestsPerMinute` for the whole group: by its running streams of the
 * token, of all of them. One less, because whoever takes a share over begins at once, also where its former owner has just used it up.
 *
 * A stream that only other replicas are configured with, while a configuration is rolled out, may use any token: it counts for each.
 */
export function budgetShare(
  requestsPerMinute: number,
  { streamsOfToken, configured, running, streamsOfGroup }: ShareFacts,
): number {
  const strangers = new Set(streamsOfGroup).difference(configured).size;
  const all = streamsOfToken.size + strangers;
  const own = streamsOfToken.intersection(running).size;
  const share = (requestsPerMinute * own) / all;
  return Math.max(share - 1, share / 2);
}
