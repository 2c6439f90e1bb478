/** Where panels stand: rows from top to bottom, panels from left to right, 24 columns. */

import { heightOf, type Panel, panelJson, type Row } from './panel.ts';

const COLUMNS = 24;

type Position = { x: number; y: number; w: number; h: number };

/** Rows with their panels, numbered and placed as Grafana wants them. */
export function layOut(rows: readonly Row[], linkTo: (alert: string) => string) {
  const placed: { id: number; gridPos: Position; [field: string]: unknown }[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    });
    y += 1;
    for (const line of linesOf(panels)) {
      let x = 0;
      for (const panel of line) {
        const gridPos = { x, y, w: panel.width, h: heightOf(panel) };
        placed.push({ id: placed.length + 1, gridPos, ...panelJson(panel, linkTo) });
        x += panel.width;
      }
      y += Math.max(...line.map(heightOf));
    }
  }
  return placed;
}

/** A line takes what fits into its width. */
function linesOf(panels: readonly Panel[]): Panel[][] {
  const lines: Panel[][] = [];
  let free = 0;
  for (const panel of panels) {
    if (panel.width > free) {
      lines.push([]);
      free = COLUMNS;
    }
    lines.at(-1)?.push(panel);
    free -= panel.width;
  }
  return lines;
}
