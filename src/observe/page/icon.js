import { setAttribute } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';

/** Shapes as well as colours: a ring with what is inside it, a triangle for trouble, a square for stopped. */
const SHAPES = {
  live: 'M5.5 10.2l3 3 6-6.4',
  'catching-up': 'M6 6.5l3.5 3.5L6 13.5M10.5 6.5L14 10l-3.5 3.5',
  starting: 'M5.8 10h.01M10 10h.01M14.2 10h.01',
  waiting: 'M8 6.8v6.4M12 6.8v6.4',
  finished: 'M6.5 14.5v-9h7l-1.8 2.6 1.8 2.6h-7',
  trouble: 'M10 2.5l8.5 15h-17zM10 8v4.2M10 14.6h.01',
  halted: 'M3 3h14v14H3zM7 7l6 6M13 7l-6 6',
};
const RING = 'M10 1.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z';

export function createIcon() {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  svg.append(path);
  return {
    element: svg,
    show: (shape) => {
      const ring = shape === 'trouble' || shape === 'halted' ? '' : RING;
      setAttribute(path, 'd', ring + SHAPES[shape]);
    },
  };
}
