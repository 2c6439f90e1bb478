import { createView } from './view.js';

const PERIOD_MS = 3_000;
const LONGEST_PERIOD_MS = 15_000;
const TIMEOUT_MS = 5_000;

const view = createView(document);
let lastSeen;
let goneSinceMs;
let failures = 0;
let timer;

async function ask() {
  const answer = await fetch('/status.json', { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

async function refresh() {
  clearTimeout(timer);
  try {
    const status = await ask();
    // What comes from another version may have another shape.
    if (lastSeen && lastSeen.version !== status.version) location.reload();
    view.show(status);
    lastSeen = status;
    goneSinceMs = undefined;
    failures = 0;
  } catch {
    failures++;
    goneSinceMs ??= Date.now();
    view.showGone(goneSinceMs, lastSeen);
  }
  if (!document.hidden)
    timer = setTimeout(refresh, Math.min(LONGEST_PERIOD_MS, PERIOD_MS * Math.max(1, failures)));
}

// Nobody looks: nobody asks.
document.addEventListener('visibilitychange', () => {
  clearTimeout(timer);
  if (!document.hidden) refresh();
});

setInterval(() => {
  if (goneSinceMs !== undefined && !document.hidden) view.showGone(goneSinceMs, lastSeen);
}, 1_000);

refresh();
