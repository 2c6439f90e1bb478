import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventIn } from '../../src/avro/to-event.ts';
import { HEADER_BYTES } from '../../src/avro/wire-format.ts';
import { bytesIn } from '../../src/byte-range.ts';
import { type EncodedPage, eventsOf } from '../../src/encode/encoded-page.ts';
import { PageWriter } from '../../src/encode/page-writer.ts';
import { parseJson } from '../../src/json.ts';
import { hostileEventTexts } from '../avro/event-texts.ts';
import { TASK_DELETED } from '../avro/realistic-events.ts';

const WORKSPACE_GID = '1200000000000001';
const writer = new PageWriter(undefined);
/** Hides nothing, and so reads each page as text. */
const textWriter = new PageWriter((event) => event);

/** All of it but the room for headers, where anything may stand; or what it throws. */
function outcome(by: PageWriter, body: Buffer): unknown {
  let page: EncodedPage;
  try {
    page = by.write(body, WORKSPACE_GID);
  } catch (error) {
    return error;
  }
  const values = eventsOf(page).map(({ value }) => value && bytesIn(value).toString('latin1', HEADER_BYTES));
  const { bytes, ...columns } = page;
  return { ...columns, values };
}

const pageOf = (eventTexts: readonly string[], offset = '"next"') =>
  `{"data":[${eventTexts.join()}],"next_page":{"offset":${offset}}}`;

/** A text as JSON in another spelling: characters beyond ASCII, some of them, or some of ASCII, as escapes. */
const spellings: readonly ((json: string) => string)[] = [
  (json) => json,
  (json) => json.replaceAll(/[^\0-\x7f]/g, escaped),
  (json) => json.replaceAll(/[\x80-\u07ff]/g, escaped),
  (json) => json.replaceAll(/[^\0-\u07ff]/g, escaped),
  (json) => json.replaceAll(/[<>&'-]/g, (character) => (character === '-' ? character : escaped(character))),
  (json) => `\ufeff${json}`,
];
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const lacking = fc.constantFrom('{"created_at":"2026-06-01T00:00:05Z","é":"ü"}', '7', '{"gid":"é"}');
const dated = (gid: string) =>
  JSON.stringify({ gid, created_at: '2026-06-01T00:00:05.000Z', name: 'Zoë 🚀' });
const eventTexts = fc.oneof(
  { weight: 8, arbitrary: hostileEventTexts },
  { weight: 1, arbitrary: lacking },
  { weight: 1, arbitrary: fc.constantFrom('1', 'é', '\u0085').map(dated) },
);

describe('a page is the same, whether its texts stay bytes or not', () => {
  const pages = fc.record({
    events: fc.array(eventTexts, { maxLength: 4 }),
    offset: fc.constantFrom('"next"', 'null', '"nächste"', '"\\u00e9"'),
    spell: fc.constantFrom(...spellings),
  });

  test('of any events in any spelling', () => {
    fc.assert(
      fc.property(pages, ({ events, offset, spell }) => {
        const body = Buffer.from(spell(pageOf(events, offset)));
        expect(outcome(writer, body)).toEqual(outcome(textWriter, body));
      }),
      { numRuns: 3_000 },
    );
  });

  test('or damaged: then it is refused the same way', () => {
    const damaged = fc.tuple(pages, fc.nat(), fc.nat(255)).map(([{ events, offset, spell }, at, byte]) => {
      const body = Buffer.from(spell(pageOf(events, offset)));
      body[at % body.length] = byte;
      return body;
    });
    fc.assert(
      fc.property(damaged, (body) => {
        expect(outcome(writer, body)).toEqual(outcome(textWriter, body));
      }),
      { numRuns: 3_000 },
    );
  });
});

test('each event that was sent comes out of its record', () => {
  const names = ['Zoë', 'é'.repeat(400), '🚀', '\u2028', 'a "quoted" \\u00e9', '\ud800'];
  const events = names.map((name, at) => ({
    ...TASK_DELETED,
    gid: String(at + 1),
    actor: { ...TASK_DELETED.actor, name, undocumented: { [name]: name } },
  }));
  const body = Buffer.from(pageOf(events.map((event) => JSON.stringify(event))));
  const written = eventsOf(writer.write(body, WORKSPACE_GID));
  expect(written.map(({ value }) => value && eventIn(bytesIn(value)))).toEqual(
    events.map((event) => parseJson(JSON.stringify(event))),
  );
});
