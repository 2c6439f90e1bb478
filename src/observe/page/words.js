// What the status says, in words: for the page and for the `status` command. Runs in browsers and in Node.

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** `4 s`, `3 min`, `2 h 5 min`, `81 days` */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.round(whole / MINUTE)} min`;
  if (whole < 2 * DAY) {
    const minutes = Math.round((whole % HOUR) / MINUTE) % 60;
    const hours = Math.round((whole - minutes * MINUTE) / HOUR);
    return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  }
  return `${Math.round(whole / DAY)} days`;
}

export const count = (number) => Math.round(number).toLocaleString('en');

export const things = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

export function rate(perSecond) {
  if (perSecond === 0) return '0 events/s';
  return `${perSecond < 10 ? Math.max(0.1, perSecond).toFixed(1) : count(perSecond)} events/s`;
}

export const percent = (ratio) => `${Math.floor(ratio * 100)} %`;

export const secondsSince = (time, document) =>
  Math.max(0, (Date.parse(document.now) - Date.parse(time)) / 1_000);

export const ago = (seconds) => (seconds < 1.5 ? 'just now' : `as of ${duration(seconds)} ago`);

export const isTroubled = ({ concerns }) => concerns.length > 0;

const STATE_WORDS = {
  starting: 'Starting',
  'catching-up': 'Catching up',
  live: 'Live',
  halted: 'Halted',
  finished: 'Finished',
};

const CONCERN_WORDS = {
  'asana-failing': 'No answers',
  unconfirmed: 'Waiting',
  behind: 'Behind',
  gap: 'Gap',
};

/** One or two words for the state of a stream. */
export function stateWord({ state, position, notes, concerns: [worst] }) {
  if (worst !== undefined && worst in CONCERN_WORDS) return CONCERN_WORDS[worst];
  if (state === 'starting' && position !== null) return 'Reconnecting';
  return notes.includes('rate-limited') && worst === undefined ? 'Rate-limited' : STATE_WORDS[state];
}

/** Which picture goes with that word. */
export function shapeOf({ state, notes, concerns }) {
  if (state === 'halted') return 'halted';
  if (concerns.length > 0) return 'trouble';
  return notes.includes('rate-limited') ? 'waiting' : state;
}

/** How a stream is, in one sentence without its full stop. */
export function sentence(stream, document) {
  const { state, last_error: error } = stream;
  if (state === 'halted')
    return `Stopped ${duration(secondsSince(error.since, document))} ago: ${error.message}`;
  if (state === 'finished') return 'Everything that it was asked for is committed';
  if (state === 'starting') return startingSentence(stream, document);
  const failing = stream.concerns.includes('asana-failing')
    ? `For ${duration(secondsSince(error.since, document))}: ${error.message}`
    : undefined;
  if (failing) return failing;
  if (stream.concerns.includes('unconfirmed'))
    return `For ${duration(secondsSince(stream.committing_since, document))} Kafka has not confirmed a commit`;
  return state === 'catching-up' ? catchingUpSentence(stream, document) : liveSentence(stream, document);
}

function startingSentence({ last_error: error, no_session_since }, document) {
  const seconds = secondsSince(no_session_since, document);
  if (error?.ongoing) return `No session for ${duration(seconds)}: ${error.message}`;
  return `Opening a session with Kafka${seconds < 5 ? '' : `, for ${duration(seconds)}`}`;
}

export function catchingUpSentence({ progress }) {
  if (progress === null) return 'Looking for the oldest event';
  const span = duration((Date.parse(progress.to) - Date.parse(progress.from)) / 1_000);
  const left = progress.seconds_left === null ? '' : `, about ${duration(progress.seconds_left)} left`;
  return `${percent(progress.done_ratio)} of ${span}${left}`;
}

function liveSentence({ complete_as_of, concerns, notes, dead_letters }, document) {
  const also = [`Caught up ${ago(secondsSince(complete_as_of, document))}`];
  if (concerns.includes('gap')) also.push('events of an earlier time may be missing');
  if (notes.includes('dead-letters')) also.push(things(dead_letters, 'dead letter'));
  return also.join('; ');
}

/** `none`, `12 s`, or that nobody knows. */
export function lag({ lag_seconds }) {
  if (lag_seconds === null) return 'unknown';
  return lag_seconds < 1 ? 'none' : duration(lag_seconds);
}

const GAP_REASONS = {
  'deleted-by-asana': 'Asana had deleted it before it was read',
  'refused-by-asana': 'Asana refuses to show it',
  'skipped-by-operator': 'an operator has moved the stream past it',
  'state-unreadable': 'the state cannot be read',
};

/** Of which time events may be missing, and why; `time` writes a time. */
export function gapSentence({ from, to, reason }, time) {
  const span = `${from === null ? 'an unknown time' : time(from)} to ${to === null ? 'now' : time(to)}`;
  return `Events may be missing from ${span}: ${GAP_REASONS[reason]}`;
}

/** How much of a budget is used. */
export function budgetSentence(budget, document) {
  const { requests_per_minute: most, used_last_minute: used, refused_last_minute: refused } = budget;
  const of = most === null ? '' : ` of ${count(most)}`;
  const sentences = [`${count(used)}${of} requests in the last minute`];
  if (refused > 0) sentences.push(`${count(refused)} refused by Asana (429)`);
  if (budget.waiting_until !== null) {
    const left = (Date.parse(budget.waiting_until) - Date.parse(document.now)) / 1_000;
    sentences.push(`waiting for another ${duration(Math.max(1, left))}, as Asana asked`);
  } else if (isUsedUp(budget)) sentences.push('as fast as the budget allows');
  return sentences.join('; ');
}

export const isUsedUp = ({ requests_per_minute: most, used_last_minute: used }) =>
  most !== null && used >= 0.95 * most;

/** What a replica of the group runs. */
export function replicaSentence({ name, streams }, { replica }) {
  const runs =
    streams.length === 0 ? 'stands by' : `runs ${things(streams.length, 'stream')}: ${streams.join(', ')}`;
  return `${name}${name === replica ? ' (this one)' : ''} ${runs}`;
}

/** What is on its way from one replica to another; undefined where nothing is. */
export const unassignedSentence = ({ unassigned }) =>
  unassigned.length === 0
    ? undefined
    : `${things(unassigned.length, 'stream')} about to be handed over: ${unassigned.join(', ')}`;

const OWN_NEXT_STEPS = {
  unconfirmed:
    'nothing yet: it is given up by itself and tried in a new session; if it stays, check the brokers',
  behind: 'look at the request budget; whether Asana answers at all is in the log at LOG_LEVEL=debug',
  gap: 'asana-audit-kafka offsets get lists all gaps with their times; what to do about each reason is in the runbook, under AsanaAuditGapFound',
  'dead-letters':
    'asana-audit-kafka tail --dead-letters --from-beginning --until-end prints them with their reasons',
};

/** What to do about a concern or a note that is no error; undefined where the error says it. */
export const nextStepOf = (concernOrNote) => OWN_NEXT_STEPS[concernOrNote];

const URGENCY = ['halted', 'retention', 'gap', 'no-session', 'asana-failing', 'unconfirmed', 'behind'];
const STATE_ORDER = ['halted', 'starting', 'catching-up', 'live', 'finished'];

const urgencyOf = ({ concerns, notes, state }) => {
  const worst = Math.min(...concerns.map((concern) => URGENCY.indexOf(concern)));
  if (concerns.length > 0) return worst;
  return URGENCY.length + (notes.length > 0 ? 0 : 1 + STATE_ORDER.indexOf(state));
};

/** The troubled ones first, otherwise in the order of the configuration. */
export const byUrgency = (streams) => streams.toSorted((a, b) => urgencyOf(a) - urgencyOf(b));
