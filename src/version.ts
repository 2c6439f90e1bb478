import { readFileSync } from 'node:fs';

/** The connector's own, of package.json. */
export const CONNECTOR_VERSION: string = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
).version;
