/** The dashboards of ops/grafana/dashboards, as Grafana reads them. `make docs` writes them. */

import { layOut } from './layout.ts';
import { DATASOURCE } from './panel.ts';
import { ASANA, KAFKA, PROCESS, REPLICAS } from './rows-parts.ts';
import { WELL } from './rows-well.ts';
import { type RunbookSection, runbookSections } from './runbook.ts';

const MAIN_UID = 'asana-audit-kafka';
const RUNBOOK_UID = 'asana-audit-kafka-runbook';

const COMMON = {
  tags: ['asana-audit-kafka'],
  editable: false,
  graphTooltip: 1,
  // Of Grafana 10; later ones read it and carry it on by themselves.
  schemaVersion: 39,
  timezone: '',
} as const;

/** @param runbook the text of ops/runbook.md */
export function mainDashboard(runbook: string) {
  const sections = runbookSections(runbook);
  return {
    ...COMMON,
    uid: MAIN_UID,
    title: 'asana-audit-kafka',
    description: "Asana's audit log on its way into Kafka.",
    time: { from: 'now-3h', to: 'now' },
    refresh: '30s',
    templating: {
      list: [
        {
          name: 'datasource',
          label: 'Data source',
          type: 'datasource',
          query: 'prometheus',
          regex: '',
          multi: false,
          includeAll: false,
          current: {},
        },
        choice('instance', 'Instance', 'label_values(asana_audit_build_info, instance)'),
        choice('stream', 'Stream', 'label_values(asana_audit_stream_halted{instance=~"$instance"}, stream)'),
      ],
    },
    annotations: {
      list: [
        mark(
          'Alerts',
          'red',
          'ALERTS{alertname=~"AsanaAudit.*",alertstate="firing"}',
          '{{alertname}} {{stream}}',
        ),
        mark(
          'Starts',
          'blue',
          'changes(process_start_time_seconds{instance=~"$instance"}[$__rate_interval]) > 0',
          'started: {{instance}}',
        ),
      ],
    },
    links: [
      {
        title: 'Runbook',
        type: 'link',
        icon: 'doc',
        url: `/d/${RUNBOOK_UID}`,
        targetBlank: true,
        keepTime: false,
        includeVars: false,
      },
    ],
    panels: layOut([WELL, ASANA, KAFKA, REPLICAS, PROCESS], (alert) => linkTo(sections, alert)),
  };
}

/** The runbook as a dashboard: a link to it works in every Grafana, and its text is at hand where the repository is not. */
export function runbookDashboard(runbook: string) {
  let y = 0;
  const panels = runbookSections(runbook).map(({ title, text }, index) => {
    const h = heightOfText(text);
    const panel = {
      id: index + 1,
      type: 'text',
      title,
      description: 'From ops/runbook.md.',
      gridPos: { x: 0, y, w: 24, h },
      options: { mode: 'markdown', content: text },
    };
    y += h;
    return panel;
  });
  return {
    ...COMMON,
    uid: RUNBOOK_UID,
    title: 'asana-audit-kafka: runbook',
    description: 'What each alert means, how to see it, and what to do.',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: [] },
    annotations: { list: [] },
    links: [],
    panels,
  };
}

/** As a file of the repository. */
export const dashboardText = (dashboard: object): string => `${JSON.stringify(dashboard, null, 2)}\n`;

function linkTo(sections: readonly RunbookSection[], alert: string): string {
  const index = sections.findIndex(({ title }) => title === alert);
  if (index === -1) throw new RangeError(`ops/runbook.md has no section ${alert}`);
  return `/d/${RUNBOOK_UID}?viewPanel=${index + 1}`;
}

// A unit of height is 30 px, about one and a half lines of text; a line of the file is about one of the screen.
const heightOfText = (text: string): number => 3 + Math.ceil(text.split('\n').length / 1.2);

const choice = (name: string, label: string, query: string) => ({
  name,
  label,
  type: 'query',
  datasource: DATASOURCE,
  query: { query, refId: name },
  definition: query,
  multi: true,
  // All means those that are listed: with '.*' the panels of the process would show every process of this Prometheus.
  includeAll: true,
  current: { text: ['All'], value: ['$__all'] },
  refresh: 2,
  sort: 1,
});

const mark = (name: string, iconColor: string, expr: string, titleFormat: string) => ({
  name,
  datasource: DATASOURCE,
  enable: true,
  iconColor,
  expr,
  titleFormat,
});
