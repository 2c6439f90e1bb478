import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Registry } from 'prom-client';
import type { Health } from './health.ts';
import type { StatusDocument } from './status/document.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** By path. */
export type Routes = ReadonlyMap<string, () => Answer | Promise<Answer>>;

export interface Observed {
  readonly metrics: Pick<Registry, 'contentType' | 'metrics'>;
  readonly health: Health;
  readonly status: { read(): StatusDocument };
}

const PAGE = 'page.html';
const PAGE_FOLDER = new URL('page/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Everything that the connector shows over HTTP. */
export function createRoutes({ metrics, health, status }: Observed): Routes {
  return new Map<string, () => Answer | Promise<Answer>>([
    ...pageRoutes(),
    ['/status.json', () => json(200, status.read())],
    ['/metrics', async () => ({ status: 200, type: metrics.contentType, body: await metrics.metrics() })],
    ['/livez', () => healthAnswer(health.live())],
    ['/readyz', () => healthAnswer(health.ready())],
  ]);
}

/** The files of the status page, as they are on the disk now. */
function pageRoutes(): [string, () => Answer][] {
  const files = readdirSync(PAGE_FOLDER).flatMap((file) => {
    const type = TYPES[extname(file)];
    return type === undefined ? [] : [{ file, type }];
  });
  return files.map(({ file, type }) => {
    const body = readFileSync(new URL(file, PAGE_FOLDER), 'utf8');
    return [file === PAGE ? '/' : `/page/${file}`, () => ({ status: 200, type, body })];
  });
}

const healthAnswer = (state: { ok: boolean }): Answer => json(state.ok ? 200 : 503, state);

const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});
