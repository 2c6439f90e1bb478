/** Writes the pages of docs/ that are made from code. */

import { writeFileSync } from 'node:fs';
import { configurationDocument } from '../src/config/document.ts';
import { errorsDocument } from './docs/errors.ts';
import { logsDocument } from './docs/logs.ts';
import { metricsDocument } from './docs/metrics.ts';

const PAGES = {
  'configuration.md': configurationDocument(),
  'errors.md': errorsDocument(),
  'logs.md': logsDocument(),
  'metrics.md': metricsDocument(),
};

for (const [name, text] of Object.entries(PAGES)) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text);
}
