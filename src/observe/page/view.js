import { element, setAttribute, setText, time } from './dom.js';
import { headline } from './headline.js';
import { createIcon } from './icon.js';
import { createStreamView } from './stream-view.js';
import {
  budgetSentence,
  byUrgency,
  duration,
  isTroubled,
  isUsedUp,
  replicaSentence,
  unassignedSentence,
} from './words.js';

const FEW_STREAMS = 3;

/** The whole page, from what the connector last said. */
export function createView(root) {
  const part = (id) => root.getElementById(id);
  const icon = createIcon();
  part('icon').append(icon.element);
  const streams = createStreams(part('streams'));
  const budgets = createBudgets(part('budgets'));
  const say = ({ tone, shape, text, detail }) => {
    setAttribute(part('headline'), 'data-tone', tone);
    icon.show(shape);
    setText(part('text'), text);
    setText(part('detail'), detail);
  };
  return {
    show: (document) => {
      const head = headline(document);
      say(head);
      root.title = `${head.text} · ${document.connector_name}`;
      setText(part('connector'), document.connector_name);
      const uptime = (Date.parse(document.now) - Date.parse(document.started_at)) / 1_000;
      setText(
        part('about'),
        `Version ${document.version}, up for ${duration(uptime)}, updated ${time(document.now)}`,
      );
      root.body.classList.remove('gone');
      streams.show(document);
      budgets.show(document);
      showGroup(part('group'), part('replicas'), document);
    },
    /** Nobody answers any more; what is shown is from before. */
    showGone: (sinceMs, lastSeen) => {
      const forSeconds = (Date.now() - sinceMs) / 1_000;
      const since = time(new Date(sinceMs).toISOString());
      const from = lastSeen ? ` What you see below is from ${time(lastSeen.now)}.` : '';
      say({
        tone: 'bad',
        shape: 'trouble',
        text: 'The connector does not answer',
        detail: `Since ${since}, for ${duration(forSeconds)}. It is asked again every few seconds; if it has ended, the end of its log says why.${from}`,
      });
      root.title = `No answer · ${lastSeen?.connector_name ?? 'asana-audit-kafka'}`;
      root.body.classList.add('gone');
    },
  };
}

function createStreams(list) {
  const views = new Map();
  const troubled = new Set();
  return {
    show: (document) => {
      const ordered = byUrgency(document.streams);
      const isCalm = !ordered.some(isTroubled);
      for (const status of ordered) {
        const isNew = !views.has(status.stream);
        if (isNew) views.set(status.stream, createStreamView(status.stream));
        const view = views.get(status.stream);
        view.show(status, document);
        // Once each: whoever closes one does not want to see it opened again. Many would push each other out of sight.
        const isNews = isTroubled(status) && !troubled.has(status.stream);
        if (ordered.length <= FEW_STREAMS && (isNews || (isNew && isCalm))) view.element.open = true;
        if (isTroubled(status)) troubled.add(status.stream);
        else troubled.delete(status.stream);
      }
      arrange(
        list,
        ordered.map(({ stream }) => views.get(stream).element),
      );
    },
  };
}

/** Moving an element takes the focus from it. */
function arrange(list, elements) {
  if (elements.length === list.children.length && elements.every((each, at) => list.children[at] === each))
    return;
  const focused = list.ownerDocument.activeElement;
  list.replaceChildren(...elements);
  if (list.contains(focused)) focused.focus();
}

/** With MODE=distributed: which replica owns which streams. */
function showGroup(section, list, { group }) {
  section.hidden = group === null;
  if (group === null) return;
  const sentences = group.replicas.map((replica) => replicaSentence(replica, group));
  const lines = [...sentences, unassignedSentence(group)].filter((line) => line !== undefined);
  while (list.children.length > lines.length) list.lastElementChild.remove();
  for (const [at, line] of lines.entries()) {
    if (list.children[at] === undefined) list.append(element('li'));
    setText(list.children[at], line);
  }
}

function createBudgets(list) {
  return {
    show: (document) => {
      // A replica that stands by asks for nothing.
      list.parentElement.hidden = document.budgets.length === 0;
      while (list.children.length > document.budgets.length) list.lastElementChild.remove();
      for (const [at, budget] of document.budgets.entries()) {
        if (list.children[at] === undefined) list.append(createBudget());
        showBudget(list.children[at], budget, document);
      }
    },
  };
}

function createBudget() {
  const root = element('li', 'budget');
  root.append(element('span', 'token'), element('meter'), element('span', 'used'));
  return root;
}

function showBudget(root, budget, document) {
  const [token, meter, used] = root.children;
  const shared = budget.streams === 1 ? '' : `, shared by ${budget.streams} streams`;
  setText(token, document.budgets.length === 1 ? `One token${shared}` : `Token ${budget.token}${shared}`);
  setText(used, `${budgetSentence(budget, document)}.`);
  meter.hidden = budget.requests_per_minute === null;
  meter.max = budget.requests_per_minute ?? 1;
  meter.value = budget.used_last_minute;
  setAttribute(meter, 'aria-label', 'Requests in the last minute');
  setAttribute(root, 'data-tone', budget.waiting_until || isUsedUp(budget) ? 'busy' : 'good');
}
