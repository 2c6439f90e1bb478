/** `GET /workspaces/{gid}/audit_log_events`: from a request to the content of its page. */

import { type Answer, jsonAnswer, Refusal, refusedAnswer } from './errors.ts';
import { CANONICAL } from './event.ts';
import { invalidOffset, type OffsetContent, type OffsetTokens } from './offsets.ts';
import type { SimulatorOptions } from './options.ts';
import { type PageRequest, readPage } from './page.ts';
import { type Filters, filtersKey, parseFilters, parseLimit } from './query.ts';
import { hashPair, type RandomStream } from './random.ts';
import type { Workspace } from './workspace.ts';

export interface NextPage {
  readonly offset: string;
  readonly path: string;
  readonly uri: string;
}

/** A page before it becomes text. `nextPage` undefined: the answer has no such field. */
export interface PageContent {
  readonly events: readonly string[];
  readonly nextPage: NextPage | null | undefined;
  /** The last events of the page before it in its chain. */
  readonly before: () => readonly string[];
}

export interface EndpointContext {
  readonly options: SimulatorOptions;
  readonly offsets: OffsetTokens;
  readonly random: RandomStream;
  readonly baseUrl: string;
  readonly nowMs: number;
  readonly pause: () => Promise<void>;
}

const SALTS = 1_000_000;
const KEY_ORDER_MASK = 0x3ff;
const OVERLAP = 3;

/** Throws Refusal (400). The workspace's data set must have been advanced to `nowMs`. */
export async function answerPage(
  workspace: Workspace,
  query: URLSearchParams,
  context: EndpointContext,
): Promise<PageContent> {
  const { options, nowMs, random } = context;
  const limit = parseLimit(query, options);
  const sentFilters = parseFilters(query);
  const origin = openOffset(workspace, query, sentFilters, context);
  const filters = origin === undefined || options.offsetFilters === 'applied' ? sentFilters : origin.filters;
  const isUntilExhausted = options.nextPage.endsWith('until-exhausted');
  const position = origin?.position ?? firstPosition(options, random);
  const request: PageRequest = {
    filters,
    position,
    isContinuation: origin !== undefined,
    limit,
    oldestIndex: workspace.dataset.oldestIndex(nowMs, options.retentionMs),
    lateOffset: options.lateOffset,
    lookAhead: isUntilExhausted ? 'one-match' : 'none',
  };
  const page = await readPage(workspace.dataset, workspace.maker, request, context.pause);
  if (page.indexes.some((index) => isRefused(workspace.dataset.timeline.timeAt(index), options)))
    throw new Refusal(refusedAnswer(options.refusedWith));

  const salt = Math.floor(random() * SALTS);
  const render = (index: number) =>
    workspace.maker.render(index, 1 + (hashPair(salt, index) & KEY_ORDER_MASK));
  const events = page.indexes.map(render);
  const before = () => position.shown.filter((index) => index >= request.oldestIndex).map(render);
  if (options.nextPage.startsWith('with-limit') && !query.has('limit'))
    return { events, before, nextPage: undefined };
  const hasNext = isUntilExhausted ? page.hasMore : origin !== undefined || events.length > 0;
  if (!hasNext) return { events, before, nextPage: null };
  const shown = [...position.shown, ...page.indexes].slice(-OVERLAP);
  const content = {
    workspaceGid: workspace.gid,
    filters,
    position: { ...page.position, shown },
    issuedMs: nowMs,
  };
  return { events, before, nextPage: buildNextPage(content, query, context) };
}

const isRefused = (timeMs: number, { refusedFrom, refusedForMs }: SimulatorOptions): boolean =>
  timeMs >= refusedFrom && timeMs < refusedFrom + refusedForMs;

function firstPosition(options: SimulatorOptions, random: RandomStream): PageRequest['position'] {
  const tieSalt = options.ties === 'shuffled' ? 1 + Math.floor(random() * SALTS) : 0;
  return { next: 0, arrivedCount: 0, tieSalt, shown: [] };
}

function openOffset(
  workspace: Workspace,
  query: URLSearchParams,
  sentFilters: Filters,
  { options, offsets, nowMs }: EndpointContext,
): OffsetContent | undefined {
  const token = query.get('offset');
  if (token === null) return undefined;
  const content = offsets.open(token, workspace.gid, nowMs, options.offsetLifetimeMs);
  const isOther = filtersKey(content.filters) !== filtersKey(sentFilters);
  if (options.offsetFilters === 'required' && isOther) throw invalidOffset();
  return content;
}

function buildNextPage(content: OffsetContent, query: URLSearchParams, context: EndpointContext): NextPage {
  const offset = context.offsets.issue(content);
  const nextQuery = new URLSearchParams(query);
  nextQuery.set('offset', offset);
  const path = `/workspaces/${content.workspaceGid}/audit_log_events?${nextQuery}`;
  return { offset, path, uri: context.baseUrl + path };
}

/** The page as an answer. The order of keys changes from one `keyOrder` to the next. */
export function renderPage({ events, nextPage }: Omit<PageContent, 'before'>, keyOrder: number): Answer {
  const data = `"data":[${events.join(',')}]`;
  if (nextPage === undefined) return jsonAnswer(200, `{${data}}`);
  const next = `"next_page":${JSON.stringify(nextPage)}`;
  return jsonAnswer(200, keyOrder === CANONICAL ? `{${data},${next}}` : `{${next},${data}}`);
}
