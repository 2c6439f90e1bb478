/** Every switch of the simulator, once: type, default, flag and help are all made from this table. */

import { faultKinds, transientFaultKinds } from './fault-kinds.ts';
import type { OptionSpec } from './option-kinds.ts';

const DAY_MS = 86_400_000;

/**
 * Property name to specification. The flag is the property in kebab case without the unit (`offsetLifetimeMs`:
 * `--offset-lifetime`). `fixed`: cannot be changed while the simulator runs.
 */
export const simulatorOptionTable = {
  host: { kind: 'text', default: '127.0.0.1', fixed: true, help: 'address to listen on' },
  port: {
    kind: 'integer',
    default: 0,
    max: 65_535,
    fixed: true,
    help: 'port to listen on; 0 = any free one',
  },
  seed: {
    kind: 'integer',
    default: 1,
    max: 0xffff_ffff,
    fixed: true,
    help: 'same seed, same data and faults',
  },
  workspaces: {
    kind: 'gid-list',
    default: ['1201234567890123'],
    fixed: true,
    help: 'workspace gids, comma-separated; each has its own events',
  },
  token: {
    kind: 'text',
    default: 'simulator-token',
    help: 'accepted service account tokens, comma-separated; GID:TOKEN is good for that workspace only',
  },
  personalToken: { kind: 'text', default: '', help: 'personal access token, answered with 403' },
  revoked: { kind: 'switch', default: false, help: 'answer every token with 401' },
  plan: {
    kind: 'choice',
    choices: ['enterprise-plus', 'business'],
    default: 'enterprise-plus',
    help: 'business is answered with 402',
  },
  events: {
    kind: 'integer',
    default: 200_000,
    max: 100_000_000,
    fixed: true,
    help: 'backlog of each workspace',
  },
  days: {
    kind: 'number',
    default: 80,
    min: 0.001,
    max: 2_000,
    fixed: true,
    help: 'days that the backlog spans',
  },
  rate: { kind: 'number', default: 5, max: 1_000_000, help: 'new events per second and workspace; 0 = none' },
  burst: { kind: 'share', default: 0.15, help: 'share of events in bulk changes that share a millisecond' },
  eventsPerMillisecond: {
    kind: 'integer',
    default: 0,
    fixed: true,
    help: 'exactly so many events in each millisecond that has any; 0 = as it comes',
  },
  milliseconds: {
    kind: 'choice',
    choices: ['spread', 'consecutive'],
    default: 'spread',
    fixed: true,
    help: 'where --events-per-millisecond puts the backlog: over the days, or one millisecond after the other',
  },
  unknownFields: {
    kind: 'share',
    default: 0.02,
    fixed: true,
    help: 'share of events with undocumented fields',
  },
  bigIntegers: {
    kind: 'share',
    default: 0.001,
    fixed: true,
    help: 'share of events with an integer beyond 2^53',
  },
  poison: {
    kind: 'share',
    default: 0,
    fixed: true,
    help: 'share of events without gid or time, with a time that is none or far ahead, or of 2 MB',
  },
  gidDigits: { kind: 'integer', default: 16, min: 16, max: 24, fixed: true, help: 'digits of an event gid' },
  pageSize: {
    kind: 'integer',
    default: 1_000,
    min: 1,
    max: 100_000,
    help: 'page size where limit is left out',
  },
  maxLimit: { kind: 'integer', default: 100, help: 'a larger limit gives 400; 0 = no maximum' },
  nextPage: {
    kind: 'choice',
    choices: ['always', 'with-limit', 'until-exhausted', 'with-limit-until-exhausted'],
    default: 'always',
    help: 'next_page: null only until something matched; only if limit was sent; null after the last page; both',
  },
  offsetLifetimeMs: { kind: 'duration', default: 0, help: 'offsets expire after this time; 0 = never' },
  offsetFilters: {
    kind: 'choice',
    choices: ['required', 'ignored', 'applied'],
    default: 'required',
    help: 'filters sent with an offset: must be the same ones; do not matter; are all that counts',
  },
  ties: {
    kind: 'choice',
    choices: ['shuffled', 'stable'],
    default: 'shuffled',
    help: 'order within a millisecond: another one for each chain of offsets, or always the same',
  },
  lateShare: { kind: 'share', default: 0, help: 'share of new events that become visible late' },
  lateByMs: { kind: 'duration', default: 60_000, help: 'how late at most' },
  lateOffset: {
    kind: 'choice',
    choices: ['skips', 'shows'],
    default: 'skips',
    help: 'whether an offset that has passed a late event steps over it or shows it',
  },
  retentionMs: { kind: 'duration', default: 90 * DAY_MS, min: 1, help: 'events are deleted at this age' },
  clockSkewMs: {
    kind: 'signed-duration',
    default: 0,
    fixed: true,
    help: 'how far ahead the simulated clock is',
  },
  dateHeader: { kind: 'switch', default: true, help: 'send the Date header' },
  requestsPerMinute: { kind: 'integer', default: 1_500, max: 1_000_000, help: 'quota of a token; 0 = none' },
  rateWindowMs: {
    kind: 'duration',
    default: 60_000,
    min: 1,
    help: 'the quota is counted in a sliding window of this length, in proportion',
  },
  retryAfter: {
    kind: 'choice',
    choices: ['seconds', 'date', 'absent', 'negative', 'absurd'],
    default: 'seconds',
    help: 'how a 429 says when to come back',
  },
  concurrency: {
    kind: 'integer',
    default: 50,
    help: 'requests of a token in flight; one more gets 429; 0 = any',
  },
  latencyMs: { kind: 'duration', default: 0, help: 'time added to every answer' },
  faults: { kind: 'share', default: 0, help: 'share of answers that are faulty' },
  faultKinds: {
    kind: 'choice-list',
    choices: faultKinds,
    default: transientFaultKinds,
    help: 'which faults, comma-separated',
  },
  refusedFrom: {
    kind: 'integer',
    default: 0,
    help: 'events created from then on, milliseconds since 1970, for --refused-for: no page that would show one is ever answered',
  },
  refusedForMs: { kind: 'duration', default: 0, help: 'how long that time is; 0 = none' },
  refusedWith: {
    kind: 'choice',
    choices: ['500', '400', 'html-200'],
    default: '500',
    help: 'what such a page is answered with instead',
  },
  slowBytesPerSecond: { kind: 'integer', default: 16_384, min: 1, help: 'speed of the fault "slow"' },
  gzip: { kind: 'switch', default: false, help: 'compress where the client accepts it' },
} as const satisfies Record<string, OptionSpec>;
