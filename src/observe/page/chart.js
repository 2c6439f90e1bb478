import { count } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
const MINUTES = 60;
const STEP = 10;
const GAP = 2;

/** Bars of the last hour, one a minute, the last one up to now. */
export function createChart(height, className) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${MINUTES * STEP} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  svg.setAttribute('class', className);
  const base = document.createElementNS(SVG, 'path');
  base.setAttribute('class', 'base');
  base.setAttribute('d', Array.from({ length: MINUTES }, (_, at) => bar(at, 1, height)).join(''));
  const bars = document.createElementNS(SVG, 'path');
  bars.setAttribute('class', 'bars');
  svg.append(base, bars);
  return {
    element: svg,
    show: (counts) => {
      const most = Math.max(1, ...counts);
      const first = MINUTES - counts.length;
      const path = counts
        .map((each, at) => (each > 0 ? bar(first + at, Math.max(2, (each / most) * height), height) : ''))
        .join('');
      bars.setAttribute('d', path);
      svg.setAttribute('aria-label', describe(counts));
    },
  };
}

const bar = (at, size, height) => {
  const top = (height - size).toFixed(1);
  return `M${at * STEP} ${height}V${top}h${STEP - GAP}V${height}z`;
};

const describe = (counts) =>
  `Events a minute in the last hour: ${count(counts.at(-1) ?? 0)} in the last minute, at most ${count(Math.max(0, ...counts))}`;
