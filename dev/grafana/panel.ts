/** What a panel of ours is made of, and what Grafana wants to read of it. */

/** How Grafana prints a number: its own ids. */
export type Unit = 's' | 'percentunit' | 'bytes' | 'eps' | 'reqps' | 'ops' | 'short' | 'none';

export type Query = { readonly expr: string; readonly legend: string };

type Common = {
  readonly title: string;
  /** What the numbers mean, and which are good. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** In 24ths of the screen. */
  readonly width: number;
  /** Alerts that this panel explains: it links to their sections of the runbook. */
  readonly alerts: readonly [string, ...string[]];
};

export type Threshold = { readonly from: number; readonly color: 'green' | 'yellow' | 'orange' | 'red' };
export type Mapping = {
  readonly value: number;
  readonly text: string;
  readonly color: 'green' | 'blue' | 'red';
};

type Coloured = Common & {
  /** Below the first one it is the base colour. */
  readonly base: 'green' | 'red' | 'text';
  readonly thresholds: readonly Threshold[];
  readonly mappings?: readonly Mapping[];
};

/** A number as of now, coloured. */
export type StatPanel = Coloured & { readonly kind: 'stat' };

/** A bar a series, whose colour changes with its value over time. */
export type StatesPanel = Coloured & { readonly kind: 'states' };

/** Curves over time; `stack` where their sum has a meaning. */
export type CurvesPanel = Common & {
  readonly kind: 'curves';
  readonly shape: 'lines' | 'stack';
  /** Shares are out of 1; everything else starts at 0 and ends where the data do. */
  readonly max?: number;
};

export type Panel = StatPanel | StatesPanel | CurvesPanel;
export type Row = { readonly title: string; readonly panels: readonly Panel[] };

export const DATASOURCE = { type: 'prometheus', uid: '$' + '{datasource}' } as const;

const HEIGHT = { stat: 4, states: 8, curves: 8 } as const;

export const heightOf = ({ kind }: Panel): number => HEIGHT[kind];

/** @param linkTo the address of an alert's section in the runbook */
export function panelJson(panel: Panel, linkTo: (alert: string) => string) {
  return {
    title: panel.title,
    description: panel.description,
    datasource: DATASOURCE,
    links: panel.alerts.map((alert) => ({
      title: `Runbook: ${alert}`,
      url: linkTo(alert),
      targetBlank: true,
    })),
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: DATASOURCE,
      editorMode: 'code',
      expr,
      legendFormat: legend,
      range: panel.kind !== 'stat',
      instant: panel.kind === 'stat',
    })),
    ...lookOf(panel),
  };
}

function lookOf(panel: Panel) {
  switch (panel.kind) {
    case 'stat':
      return statJson(panel);
    case 'states':
      return statesJson(panel);
    case 'curves':
      return curvesJson(panel);
  }
}

const statJson = (panel: StatPanel) => ({
  type: 'stat',
  fieldConfig: { defaults: colours(panel), overrides: [] },
  options: {
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    colorMode: 'background',
    graphMode: 'none',
    justifyMode: 'auto',
    orientation: 'auto',
    textMode: 'auto',
  },
});

const statesJson = (panel: StatesPanel) => ({
  type: 'state-timeline',
  fieldConfig: {
    defaults: { ...colours(panel), custom: { lineWidth: 0, fillOpacity: 80 } },
    overrides: [],
  },
  options: {
    mergeValues: true,
    showValue: 'never',
    alignValue: 'left',
    rowHeight: 0.9,
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'single', sort: 'none' },
  },
});

function colours({ unit, base, thresholds, mappings = [] }: StatPanel | StatesPanel) {
  const steps = [
    { color: base, value: null },
    ...thresholds.map(({ from, color }) => ({ color, value: from })),
  ];
  const texts = mappings.map(({ value, text, color }, index) => [value, { text, color, index }]);
  return {
    unit,
    color: { mode: 'thresholds' },
    thresholds: { mode: 'absolute', steps },
    mappings: texts.length > 0 ? [{ type: 'value', options: Object.fromEntries(texts) }] : [],
  };
}

function curvesJson({ unit, shape, max }: CurvesPanel) {
  const stacked = shape === 'stack';
  return {
    type: 'timeseries',
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(max !== undefined && { max }),
        color: { mode: 'palette-classic' },
        custom: {
          drawStyle: 'line',
          lineWidth: 1,
          fillOpacity: stacked ? 40 : 10,
          showPoints: 'never',
          spanNulls: false,
          stacking: { group: 'A', mode: stacked ? 'normal' : 'none' },
        },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}
