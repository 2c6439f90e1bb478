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
 * The share of a token that this replica has, from 0 to 1: by its running streams of the token, of all of them.
 *
 * A stream that only other replicas are configured with, while a configuration is rolled out, may use any token: it counts for each.
 */
export function tokenShare({ streamsOfToken, configured, running, streamsOfGroup }: ShareFacts): number {
  const strangers = new Set(streamsOfGroup).difference(configured).size;
  return streamsOfToken.intersection(running).size / (streamsOfToken.size + strangers);
}

/**
 * The requests a minute of a token that a replica with this share of it may use, of `requestsPerMinute` for the whole group. One less,
 * because whoever takes a share over begins at once, also where its former owner has just used it up.
 */
export function budgetShare(requestsPerMinute: number, share: number): number {
  const requests = requestsPerMinute * share;
  return Math.max(requests - 1, requests / 2);
}
