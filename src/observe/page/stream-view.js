import { createChart } from './chart.js';
import { element, setAttribute, setText, time } from './dom.js';
import { createIcon } from './icon.js';
import { createTroubles } from './troubles-view.js';
import { count, duration, isTroubled, lag, rate, sentence, shapeOf, stateWord } from './words.js';

const toneOf = (stream) => {
  if (isTroubled(stream)) return 'bad';
  return stream.state === 'live' || stream.state === 'finished' ? 'good' : 'busy';
};

const orDash = (iso) => (iso === null ? '–' : time(iso));

const FACTS = [
  ['Lag', lag],
  ['Rate', ({ events_per_second }) => rate(events_per_second)],
  ['Committed since start', ({ events_committed }) => count(events_committed)],
  ['Read up to', ({ position }) => orDash(position)],
  ['Caught up as of', ({ complete_as_of }) => orDash(complete_as_of)],
  [
    'Asana deletes unread in',
    ({ retention_headroom_seconds: left }) => (left === null ? '–' : duration(left)),
  ],
  ['Gaps since start', ({ gaps }) => count(gaps.count)],
  ['Dead letters since start', ({ dead_letters }) => count(dead_letters)],
  ['Late events since start', ({ late_events }) => count(late_events)],
];

/** One stream: a line that opens. */
export function createStreamView(stream) {
  const root = element('details', 'stream');
  const icon = createIcon();
  const spark = createChart(28, 'spark');
  const state = element('span', 'state');
  const says = element('span', 'says');
  const progress = element('progress', 'progress');
  const summary = element('summary');
  summary.append(icon.element, element('span', 'name', stream), state, says, spark.element, progress);
  const trouble = createTroubles();
  const chart = createHour();
  const facts = createFacts();
  const body = element('div', 'body');
  body.append(trouble.element, chart.element, facts.element);
  root.append(summary, body);
  return {
    element: root,
    show: (status, document) => {
      setAttribute(root, 'data-tone', toneOf(status));
      icon.show(shapeOf(status));
      setText(state, stateWord(status));
      setText(says, `${sentence(status, document)}.`);
      progress.hidden = status.progress === null;
      progress.value = status.progress?.done_ratio ?? 0;
      setAttribute(progress, 'aria-label', `Catching up of ${stream}`);
      spark.show(status.rate_per_minute);
      chart.show(status.rate_per_minute);
      trouble.show(status, document);
      facts.show(status);
    },
  };
}

function createHour() {
  const root = element('figure', 'hour');
  const chart = createChart(72, 'chart');
  const peak = element('span');
  const caption = element('figcaption');
  caption.append(element('span', '', 'An hour ago'), peak, element('span', '', 'Now'));
  root.append(chart.element, caption);
  return {
    element: root,
    show: (counts) => {
      chart.show(counts);
      setText(peak, `Events a minute, at most ${count(Math.max(0, ...counts))}`);
    },
  };
}

function createFacts() {
  const root = element('dl', 'facts');
  const values = FACTS.map(([label]) => {
    const pair = element('div');
    const value = element('dd');
    pair.append(element('dt', '', label), value);
    root.append(pair);
    return value;
  });
  return {
    element: root,
    show: (status) => {
      for (const [at, [, read]] of FACTS.entries()) setText(values[at], read(status));
    },
  };
}
