/** Writes the pages of docs/ and the dashboards of ops/ that are made from code. */

import { readFileSync, writeFileSync } from 'node:fs';
import { configurationDocument } from '../src/config/document.ts';
import { dependenciesDocument } from './docs/dependencies.ts';
import { errorsDocument } from './docs/errors.ts';
import { logsDocument } from './docs/logs.ts';
import { metricsDocument } from './docs/metrics.ts';
import { dashboardText, mainDashboard, runbookDashboard } from './grafana/dashboards.ts';

const root = new URL('../', import.meta.url);
const runbook = readFileSync(new URL('ops/runbook.md', root), 'utf8');
const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'));

const PAGES = {
  'docs/configuration.md': configurationDocument(),
  'docs/dependencies.md': dependenciesDocument(lock.packages),
  'docs/errors.md': errorsDocument(),
  'docs/logs.md': logsDocument(),
  'docs/metrics.md': metricsDocument(),
  'ops/grafana/dashboards/asana-audit-kafka.json': dashboardText(mainDashboard(runbook)),
  'ops/grafana/dashboards/runbook.json': dashboardText(runbookDashboard(runbook)),
};

for (const [path, text] of Object.entries(PAGES)) writeFileSync(new URL(path, root), text);
