import type { LogLevel } from './config/parse.ts';

interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  /** For docs/logs.md: when it is written, and what its fields say. */
  readonly meaning: string;
  /** Where it has no error code that brings one. */
  readonly nextStep?: string;
}

/** The closed list of what is logged. An id never changes its meaning: alerts and searches are built on it. */
export const LOG_LINES = {
  started: {
    level: 'info',
    message: 'started',
    meaning: 'The configuration is good and `url` answers; nothing is asked of Asana or Kafka yet.',
  },
  'configuration-warning': {
    level: 'warn',
    message: 'the configuration is allowed, but unusual',
    meaning: 'At the start; `warning` names the variable.',
  },
  stopping: {
    level: 'info',
    message: 'stopping: what is open is finished or aborted',
    meaning: 'A signal came; `reason` says which.',
  },
  stopped: {
    level: 'info',
    message: 'stopped',
    meaning:
      'The last line of every `run`, with its `exit_code`, unless it is killed or cut off 8 s after a signal. At the level error where it failed: `failures` has a sentence for each stream that is halted, with code and next step; where it could not start, `code`, `error` and `next_step` say why.',
  },
  'stream-resumed': {
    level: 'info',
    message: 'the stream goes on where its state says',
    meaning: 'Once a process, where there is a state: as of when it is complete, and whether it was live.',
  },
  'catching-up': {
    level: 'info',
    message: 'catching up',
    meaning:
      'The stream reads the past from `from` on; `cause` as in [metrics.md](metrics.md). At the level debug while it catches up already, and where an offset has expired.',
  },
  'catching-up-progress': {
    level: 'info',
    message: 'catching up goes on',
    meaning:
      'Once a minute: how far it has come in time, events so far, and the time left if it goes on like this.',
  },
  'caught-up': {
    level: 'info',
    message: 'caught up; live from now on',
    meaning:
      'The end of a catching-up that was said, unless `stream-finished` is. `events` were committed by this process.',
  },
  'session-ended': {
    level: 'warn',
    message: 'the session ended; a new one begins',
    meaning:
      'Kafka or the registry failed it, by `code`. Nothing is lost: the next one reads the state. Once an incident, again once a minute while it lasts, and where the code changes.',
  },
  'session-held': {
    level: 'info',
    message: 'the session is held again',
    meaning: 'The end of that incident; `lasted_s` is how long it was.',
  },
  'asana-failing': {
    level: 'warn',
    message: 'a request to Asana keeps failing',
    meaning:
      'Three times in a row or more, by `code`; `asked_from` and `asked_to` are the time that it asks for. As often as `session-ended`. At the level debug, each failed request.',
  },
  'asana-answers': {
    level: 'info',
    message: 'Asana answers again',
    meaning: 'The end of that incident; `lasted_s` is how long it was.',
  },
  'asana-rate-limited': {
    level: 'warn',
    message: 'Asana limits the rate of the token: everything that uses it waits',
    meaning:
      'A 429, at most once a minute; `retry_in_ms` is the least that is waited, a Retry-After may be longer. A budget that is right never meets one.',
  },
  'question-refused': {
    level: 'warn',
    message:
      'Asana keeps refusing one question: where it still does at skip_at and answers others, the refused piece is skipped with a gap record',
    meaning: 'Once for each such question, after a minute of it.',
    nextStep:
      'see what Asana says in the error; to wait longer than until skip_at, start again with a longer SKIP_REFUSED_AFTER (0 = for ever)',
  },
  'gap-recorded': {
    level: 'error',
    message: 'a gap is recorded: events of this time may be missing',
    meaning:
      'Once a gap; as the record in the state topic has it (`found`: its message); the next step is by `reason`.',
  },
  'gap-withdrawn': {
    level: 'info',
    message: 'the state can be read again, nothing was skipped: its gap is withdrawn',
    meaning: 'After a damaged state record was restored.',
  },
  'dead-letters-written': {
    level: 'warn',
    message: 'dead letters written',
    meaning: 'At most once a minute: how many since the last line, by reason.',
    nextStep:
      'read them with asana-audit-kafka tail --dead-letters --from-beginning --until-end, which prints the reasons',
  },
  'sweeps-behind': {
    level: 'warn',
    message:
      'sweeps for late events do not keep up: late events are published later, and later and later where that goes on',
    meaning:
      'Once, where sweeps have been further back than three times `SWEEP_LOOKBACK` + `SWEEP_INTERVAL` for a quarter of an hour of a live stream; again only after they have caught up. `swept_to` is how far they are.',
    nextStep:
      'see what slows the requests of this token: where its budget is used up, raise ASANA_REQUESTS_PER_MINUTE or give the workspace a token of its own',
  },
  'stream-halted': {
    level: 'error',
    message: 'the stream is halted',
    meaning:
      'For good, by `code`; other streams go on. When none is left, the process ends with exit code 1, and `stopped` has it again.',
  },
  'stream-finished': {
    level: 'info',
    message: 'the stream has reached its end',
    meaning:
      '`END_AT` is reached, or everything that `--until-caught-up` asks for is committed. `events` were, by this process.',
  },
  'streams-assigned': {
    level: 'info',
    message: 'the group has assigned streams',
    meaning:
      'In distributed mode, where it changes what this replica runs: how many `streams` of `of_streams` are its own now, and how many were `gained` and `given_up`, in a group of so many `replicas`. At the level debug for each other rebalance.',
  },
  'group-lost': {
    level: 'warn',
    message: 'the group went on without this replica: it stops its streams and joins again',
    meaning: 'In distributed mode: Kafka did not hear from it for `GROUP_SESSION_TIMEOUT`.',
    nextStep:
      'see why the process or its network stood still for so long; where that has to be lived with, raise GROUP_SESSION_TIMEOUT',
  },
  'group-unreachable': {
    level: 'warn',
    message: 'the group cannot be asked; what runs goes on',
    meaning:
      'In distributed mode, five times in a row or more, by `code`. As often as `session-ended`. At the level debug, each time.',
  },
  'group-reached': {
    level: 'info',
    message: 'the group answers again',
    meaning: 'The end of that incident; `lasted_s` is how long it was.',
  },
  kafkajs: {
    level: 'debug',
    message: 'kafkajs says',
    meaning:
      'What the Kafka client logs as a warning or an error. It retries most of it; the rest comes as `session-ended`.',
  },
} as const satisfies Record<string, LogLine>;

export type LogId = keyof typeof LOG_LINES;
