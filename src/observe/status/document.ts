import type { ErrorCode } from '../../error-list.ts';
import type { Gap } from '../../stream/gap.ts';

/** What `GET /status.json` answers. Times are ISO 8601 in UTC. It holds no token, no event and no address of a person. */
export interface StatusDocument {
  readonly version: string;
  readonly connector_name: string;
  readonly started_at: string;
  readonly now: string;
  /** Every stream holds a session or is finished, and none has a concern; a replica is a member of its group. */
  readonly ok: boolean;
  /** With MODE=distributed. */
  readonly group: GroupStatus | null;
  /** Those that this process runs. */
  readonly streams: readonly StreamStatus[];
  readonly budgets: readonly BudgetStatus[];
}

export interface GroupStatus {
  /** `joining`: it has no assignment, since the start or since the group went on without it. */
  readonly state: 'joining' | 'member';
  /** The name of this replica in `replicas`. */
  readonly replica: string;
  /** Who owns which streams, as of the last assignment. One that is about to be handed over is nobody's. */
  readonly replicas: readonly { readonly name: string; readonly streams: readonly string[] }[];
  readonly unassigned: readonly string[];
  readonly assigned_at: string | null;
  /** What keeps this replica from asking the group, while it does. */
  readonly last_error: Pick<ErrorStatus, 'code' | 'message' | 'next_step' | 'since'> | null;
}

export const STREAM_STATES = ['starting', 'catching-up', 'live', 'halted', 'finished'] as const;
export type StreamState = (typeof STREAM_STATES)[number];

/** What somebody has to look at. */
export const CONCERNS = [
  /** Stopped by an error that no retry heals. */
  'halted',
  /** A week or less until Asana deletes what is unread. */
  'retention',
  /** A time of which events may be missing was recorded within the last day. */
  'gap',
  /** Sessions end again and again, or none begins. */
  'no-session',
  /** Requests to Asana keep failing. */
  'asana-failing',
  /** Kafka has not confirmed a commit for long. */
  'unconfirmed',
  /** Nothing fails; but a live stream is not caught up, or one that catches up has not got on, for longer than waits explain. */
  'behind',
] as const;
export type Concern = (typeof CONCERNS)[number];

/** What is worth knowing, and mends itself or loses nothing. */
export const NOTES = [
  /** Asana asks to wait. */
  'rate-limited',
  /** Events that could not be records, within the last day; they are whole in the dead letters topic. */
  'dead-letters',
] as const;
export type Note = (typeof NOTES)[number];

export interface StreamFacts {
  /** Gid of the workspace. */
  readonly stream: string;
  /** `starting` holds no session with Kafka: before the first one, or between two. */
  readonly state: StreamState;
  /** Since when it holds no session. */
  readonly no_session_since: string | null;
  /** Age of the oldest event known not to be committed; 0 when caught up; null when nobody knows. */
  readonly lag_seconds: number | null;
  /** As of when everything that Asana showed is committed. */
  readonly complete_as_of: string | null;
  /** Time up to which all events are committed. */
  readonly position: string | null;
  readonly last_commit_at: string | null;
  /** While one is under way. */
  readonly committing_since: string | null;
  /** While catching up. */
  readonly progress: ProgressStatus | null;
  /** On the average of the last minute. */
  readonly events_per_second: number;
  /** Since the start of the process, as all counts here. */
  readonly events_committed: number;
  /** Until Asana deletes the oldest event that may be unread. */
  readonly retention_headroom_seconds: number | null;
  readonly last_error: ErrorStatus | null;
  readonly gaps: { readonly count: number; readonly last: GapStatus | null };
  readonly dead_letters: number;
  readonly last_dead_letter_at: string | null;
  readonly late_events: number;
  /** Events in each of the last 60 minutes, oldest first, the last one up to now; fewer after a start. */
  readonly rate_per_minute: readonly number[];
  /** The `token` of its budget. */
  readonly budget: string | null;
}

export interface StreamStatus extends StreamFacts {
  readonly concerns: readonly Concern[];
  readonly notes: readonly Note[];
}

export interface ProgressStatus {
  readonly from: string;
  readonly to: string;
  /** 0 to 1, of the time between the two. */
  readonly done_ratio: number;
  readonly seconds_left: number | null;
}

export interface ErrorStatus {
  readonly code: ErrorCode;
  readonly message: string;
  readonly next_step: string;
  /** The first and the last time in a row. */
  readonly since: string;
  readonly at: string;
  /** It has not healed yet. */
  readonly ongoing: boolean;
  /** Where Asana keeps refusing one question: when that piece is skipped, with a gap record. */
  readonly skip_at: string | null;
}

export interface GapStatus {
  /** Null: nobody knows. */
  readonly from: string | null;
  /** Null: it is open. */
  readonly to: string | null;
  readonly reason: Gap['reason'];
  readonly found_at: string;
}

export interface BudgetStatus {
  /** A number in the order of the configuration, and nothing of the token. */
  readonly token: string;
  /** How many streams share it. */
  readonly streams: number;
  /** Null: unlimited. */
  readonly requests_per_minute: number | null;
  readonly used_last_minute: number;
  /** Answers with status 429. */
  readonly refused_last_minute: number;
  /** Asana's Retry-After: nobody asks before. */
  readonly waiting_until: string | null;
}
