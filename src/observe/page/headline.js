// Whether all is well, in a line and another one: for the page and for the `status` command.

import {
  ago,
  byUrgency,
  catchingUpSentence,
  count,
  duration,
  isTroubled,
  nextStepOf,
  secondsSince,
  things,
} from './words.js';

const TROUBLES = {
  halted: 'halted',
  retention: 'running out of time before Asana deletes what is unread',
  gap: 'with a gap',
  'no-session': 'without a session with Kafka',
  'asana-failing': 'without answers from Asana',
  unconfirmed: 'waiting for Kafka',
  behind: 'behind',
};

/** Of one stream, or of all that there are. */
const TROUBLE_HEADLINES = {
  halted: 'Halted',
  retention: 'Asana will soon delete what is unread',
  gap: 'Events may be missing',
  'no-session': 'There is no session with Kafka',
  'asana-failing': 'Asana does not give answers',
  unconfirmed: 'Kafka does not confirm a commit',
  behind: 'It does not get on',
};

// Longer than a broker needs to take over the group.
const LONG_SECONDS = 30;

/** Is it well? `tone` is `good`, `busy` or `bad`, `shape` the picture; `detail` may be empty. */
export function headline(document) {
  const { streams, group } = document;
  if (group?.state === 'joining') return joiningHeadline(group, document);
  if (streams.length === 0) return standbyHeadline(group);
  const troubled = streams.filter(isTroubled);
  if (troubled.length > 0) return troubledHeadline(troubled, streams.length);
  const inState = (state) => streams.filter((stream) => stream.state === state);
  const starting = inState('starting');
  if (starting.length > 0)
    return { tone: 'busy', shape: 'starting', text: 'Starting', detail: shareOf(starting, streams) };
  const catching = inState('catching-up');
  if (streams.some(({ notes }) => notes.includes('rate-limited'))) return limitedHeadline(catching, document);
  if (catching.length > 0) {
    const detail = `${howFar(catching, streams)}.`;
    return { tone: 'busy', shape: 'catching-up', text: 'Well, and catching up', detail };
  }
  if (inState('finished').length === streams.length)
    return {
      tone: 'good',
      shape: 'finished',
      text: 'Finished',
      detail: 'Everything that was asked for is committed.',
    };
  const text = streams.length === 1 ? 'All is well' : `All ${count(streams.length)} streams are well`;
  return { tone: 'good', shape: 'live', text, detail: caughtUp(streams, document) };
}

/** It has no say in what it runs yet, or any more. */
function joiningHeadline({ last_error: error }, document) {
  const detail = error
    ? `For ${duration(secondsSince(error.since, document))}: ${error.message}. Next step: ${error.next_step}.`
    : '';
  const isLong = error && secondsSince(error.since, document) > LONG_SECONDS;
  return {
    tone: isLong ? 'bad' : 'busy',
    shape: isLong ? 'trouble' : 'starting',
    text: 'Joining the group',
    detail,
  };
}

function standbyHeadline(group) {
  const busy = group?.replicas.filter(({ streams }) => streams.length > 0) ?? [];
  const number = busy.reduce((sum, { streams }) => sum + streams.length, 0);
  const detail = `${things(number, 'stream')} on ${things(busy.length, 'other replica')}.`;
  return { tone: 'good', shape: 'live', text: 'Standing by', detail };
}

function troubledHeadline(troubled, all) {
  const kinds = new Map();
  for (const { concerns } of byUrgency(troubled)) kinds.set(concerns[0], (kinds.get(concerns[0]) ?? 0) + 1);
  if (troubled.length === all && kinds.size === 1) return sameHeadline(troubled);
  const parts = [...kinds].map(([concern, number]) => `${count(number)} ${TROUBLES[concern]}`);
  const well = all - troubled.length;
  const rest = well > 0 ? ` The other ${things(well, 'is well', 'are well')}.` : '';
  const verb = troubled.length === 1 ? 'needs' : 'need';
  return {
    tone: 'bad',
    shape: 'trouble',
    text: `${count(troubled.length)} of ${count(all)} streams ${verb} attention`,
    detail: `${parts.join(', ')}.${rest}`,
  };
}

/** One thing is wrong with all of them. */
function sameHeadline([first, ...others]) {
  const [worst, ...also] = first.concerns;
  const step = first.last_error?.ongoing ? first.last_error.next_step : nextStepOf(worst);
  const sentences = [
    ...(others.length > 0 ? [`So it is with all ${count(others.length + 1)} streams`] : []),
    ...also.map((concern) => TROUBLE_HEADLINES[concern]),
    ...(step === undefined ? [] : [`Next step: ${step}`]),
  ];
  const detail = sentences.map((text) => `${text}.`).join(' ');
  return { tone: 'bad', shape: 'trouble', text: TROUBLE_HEADLINES[worst], detail };
}

/** Nothing is wrong, and Asana has asked to wait. */
function limitedHeadline(catching, document) {
  const { streams, budgets } = document;
  const waits = budgets.flatMap(({ waiting_until: until }) => (until === null ? [] : [Date.parse(until)]));
  const seconds = (Math.max(...waits) - Date.parse(document.now)) / 1_000;
  const wait = waits.length > 0 ? `It asks to wait for another ${duration(Math.max(1, seconds))}. ` : '';
  const how = catching.length > 0 ? `${howFar(catching, streams)}.` : caughtUp(streams, document);
  return { tone: 'busy', shape: 'waiting', text: 'Asana limits the rate', detail: `${wait}${how}` };
}

/** Of several streams, when the last of them is done. */
function howFar(catching, streams) {
  if (streams.length === 1) return catchingUpSentence(streams[0]);
  const seconds = catching.map(({ progress }) => progress?.seconds_left ?? null);
  const left = seconds.includes(null) ? '' : `, about ${duration(Math.max(...seconds))} left`;
  const are = catching.length === 1 ? 'is' : 'are';
  return `${count(catching.length)} of ${count(streams.length)} streams ${are} catching up${left}`;
}

const shareOf = (some, all) =>
  all.length === 1 ? '' : `${count(some.length)} of ${count(all.length)} streams`;

function caughtUp(streams, document) {
  const times = streams.flatMap(({ complete_as_of: time }) => (time === null ? [] : [Date.parse(time)]));
  if (times.length === 0) return '';
  const seconds = secondsSince(new Date(Math.min(...times)).toISOString(), document);
  const least = streams.length === 1 ? 'Caught up' : 'All caught up';
  return `${least} ${ago(seconds)}.`;
}
