/** Faulty answers: what each kind makes of a page that would have been right. */

import { type PageContent, renderPage } from './endpoint.ts';
import { type Answer, errorAnswer, jsonAnswer } from './errors.ts';
import type { FaultKind } from './fault-kinds.ts';
import { pick, type RandomStream } from './random.ts';

/** How an answer reaches the client. */
export type Delivery =
  | { readonly how: 'whole' | 'wrong-length' | 'slow' | 'reset' | 'hang'; readonly answer: Answer }
  | { readonly how: 'huge' | 'gzip-bomb' };

const PHRASES = ['6 sad squid snuggle softly', '12 shy yaks yawn yearly', '3 odd otters order olives'];

const HTML =
  '<!DOCTYPE html><html><head><title>Asana</title></head><body><h1>We’ll be right back</h1><p>Maintenance.</p></body></html>';

const SHAPES = [
  '[]',
  'null',
  '"ok"',
  '{}',
  '{"data":{"gid":"1"},"next_page":null}',
  '{"data":null,"next_page":null}',
  '{"errors":[]}',
  '{"data":[],"next_page":"more"}',
  '{"data":[],"next_page":{"offset":7}}',
];

const DEPTH = 100_000;

const number = (random: RandomStream, below: number): number => Math.floor(random() * below);
const whole = (answer: Answer): Delivery => ({ how: 'whole', answer });

/** `sentOffset`: the offset of the request, null for a first page. */
export function applyFault(
  kind: FaultKind,
  page: PageContent,
  sentOffset: string | null,
  random: RandomStream,
): Delivery {
  const good = renderPage(page, 1);
  switch (kind) {
    case '500':
      return whole(errorAnswer(500, 'Server Error', {}, pick(PHRASES, number(random, 3))));
    case '502':
      return whole(errorAnswer(502, 'Bad Gateway'));
    case '503':
      return whole(errorAnswer(503, 'Service Unavailable'));
    case '504':
      return whole(errorAnswer(504, 'Gateway Timeout'));
    case 'html':
      return whole(htmlAnswer(pick([502, 503, 504], number(random, 3))));
    case 'html-200':
      return whole(htmlAnswer(200));
    case 'truncated':
      return whole({ ...good, body: String(good.body).slice(0, 1 + number(random, good.body.length - 1)) });
    case 'wrong-length':
    case 'slow':
    case 'reset':
    case 'hang':
      return { how: kind, answer: good };
    case 'shape':
      return whole(jsonAnswer(200, pick(SHAPES, number(random, SHAPES.length))));
    case 'utf8':
      return whole({ ...good, body: spoilUtf8(Buffer.from(good.body)) });
    case 'empty':
      return whole(jsonAnswer(200, ''));
    case 'redirect':
      return whole({
        status: 302,
        headers: { location: 'http://elsewhere.invalid/audit_log_events' },
        body: '',
      });
    case 'deep':
      return whole(jsonAnswer(200, `{"data":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)},"next_page":null}`));
    case 'huge':
    case 'gzip-bomb':
      return { how: kind };
    default:
      return whole(renderPage(distortPage(kind, page, sentOffset), 1));
  }
}

const htmlAnswer = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: HTML,
});

/** A byte that UTF-8 cannot hold, in the middle, where a string is likely. */
function spoilUtf8(body: Buffer): Buffer {
  const spoiled = Buffer.from(body);
  const middle = spoiled.length >> 1;
  const letter = spoiled.findIndex((byte, at) => at >= middle && byte >= 0x61 && byte <= 0x7a);
  spoiled[letter < 0 ? spoiled.length - 1 : letter] = 0xff;
  return spoiled;
}

type PageFault = 'foreign-uri' | 'same-offset' | 'overlap' | 'unordered' | 'altered';

type DistortedPage = Omit<PageContent, 'before'>;

function distortPage(kind: PageFault, page: PageContent, sentOffset: string | null): DistortedPage {
  const { events, nextPage } = page;
  switch (kind) {
    case 'foreign-uri':
      return nextPage
        ? { events, nextPage: { ...nextPage, path: '/elsewhere', uri: 'http://elsewhere.invalid/' } }
        : page;
    case 'same-offset':
      return nextPage && sentOffset !== null
        ? { events, nextPage: { ...nextPage, offset: sentOffset } }
        : page;
    case 'overlap':
      // One that would show nothing stays empty: it says that there is nothing new.
      return events.length > 0 ? { events: [...page.before(), ...events], nextPage } : page;
    case 'unordered':
      return { events: events.toReversed(), nextPage };
    case 'altered':
      return {
        events: events.map((event, at) => (at === 0 ? `${event.slice(0, -1)},"zz_altered":true}` : event)),
        nextPage,
      };
  }
}
