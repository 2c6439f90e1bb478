export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** What has not changed is left alone: a screen reader would say it again, and a selection would be lost. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

const DAY_MS = 86_400_000;

/** The clock alone where it is today, in the reader's time zone. */
export function time(iso) {
  const date = new Date(iso);
  const clock = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const isToday = Date.now() - date.getTime() < DAY_MS && date.getDate() === new Date().getDate();
  if (isToday) return clock;
  return `${date.toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' })}, ${clock}`;
}
