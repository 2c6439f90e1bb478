import { element, time } from './dom.js';
import { budgetSentence, count, gapSentence, nextStepOf } from './words.js';

/** The last error with its next step, the gaps, the wait. */
export function createTroubles() {
  const root = element('div', 'troubles');
  let shown = '';
  return {
    element: root,
    show: (status, document) => {
      const troubles = troublesOf(status, document);
      const now = JSON.stringify(troubles);
      if (now === shown) return;
      shown = now;
      root.replaceChildren(...troubles.map(troubleElement));
    },
  };
}

function troubleElement({ title, text, next, about, tone }) {
  const root = element('section', 'trouble');
  root.dataset.tone = tone;
  root.append(element('h3', '', title));
  if (text !== undefined) root.append(element('p', '', text));
  if (next !== undefined) {
    const step = element('p', 'next');
    step.append(element('strong', '', 'Next step: '), next);
    root.append(step);
  }
  if (about !== undefined) root.append(element('p', 'about', about));
  return root;
}

function troublesOf({ last_error: error, gaps, concerns, notes, budget, dead_letters }, document) {
  const troubles = [];
  const limited = notes.includes('rate-limited') && document.budgets.find(({ token }) => token === budget);
  if (error?.ongoing && !(limited && error.code === 'ASANA_RATE_LIMITED')) troubles.push(ongoing(error));
  if (limited)
    troubles.push({
      title: 'Asana limits the rate',
      text: `${budgetSentence(limited, document)}.`,
      next: error?.code === 'ASANA_RATE_LIMITED' ? error.next_step : undefined,
      tone: 'busy',
    });
  for (const [concern, title] of [
    ['unconfirmed', 'Kafka does not confirm a commit'],
    ['behind', 'Nothing fails, and the stream does not get on'],
  ])
    if (concerns.includes(concern)) troubles.push({ title, next: nextStepOf(concern), tone: 'bad' });
  if (gaps.last)
    troubles.push({
      title: gaps.count === 1 ? 'A gap is recorded' : `${count(gaps.count)} gaps recorded since start`,
      text: `${gapSentence(gaps.last, time)}.`,
      next: nextStepOf('gap'),
      tone: 'bad',
    });
  if (dead_letters > 0 && notes.includes('dead-letters'))
    troubles.push({
      title: 'Dead letters',
      text: `${count(dead_letters)} could not be records. Nothing of them is lost: they are whole in the dead letters topic.`,
      next: nextStepOf('dead-letters'),
      tone: 'busy',
    });
  if (error && !error.ongoing) troubles.push(over(error));
  return troubles;
}

const ongoing = (error) => ({
  title: sentenceOf(error.message),
  text:
    error.skip_at === null
      ? undefined
      : `At ${time(error.skip_at)} the refused piece is skipped, with a gap record.`,
  next: error.next_step,
  about: `${error.code}, since ${time(error.since)}`,
  tone: 'bad',
});

const over = (error) => ({
  title: 'Last error, over now',
  text: sentenceOf(error.message),
  about: `${error.code}, at ${time(error.at)}`,
  tone: 'quiet',
});

const sentenceOf = (text) =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
