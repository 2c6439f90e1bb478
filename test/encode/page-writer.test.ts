import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { MAX_EVENTS } from '../../src/asana/page-body.ts';
import { eventIn } from '../../src/avro/to-event.ts';
import { HEADER_BYTES } from '../../src/avro/wire-format.ts';
import { bytesIn } from '../../src/byte-range.ts';
import { type EncodedPage, eventsOf } from '../../src/encode/encoded-page.ts';
import { NOT_PLAIN } from '../../src/encode/json-scan.ts';
import { PageWriter } from '../../src/encode/page-writer.ts';
import { PlainEvent } from '../../src/encode/plain-event.ts';
import { parseJson } from '../../src/json.ts';
import { hostileEventTexts } from '../avro/event-texts.ts';
import { TASK_DELETED } from '../avro/realistic-events.ts';
import { nearlyPlainEventTexts } from './nearly-plain-events.ts';

const MINIMAL = '{"gid":"1","created_at":"2026-06-01T00:00:05.000Z"}';
const WORKSPACE_GID = '1200000000000001';
const writer = new PageWriter(undefined);
/** Hides nothing, and so parses each page as a whole. */
const parsingWriter = new PageWriter((event) => event);

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
  (json) => json.replaceAll(/[<>&']/g, escaped),
  (json) => `\ufeff${json}`,
];
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const lacking = fc.constantFrom('{"created_at":"2026-06-01T00:00:05Z","é":"ü"}', '7', '{"gid":"é"}');
const dated = (gid: string) =>
  JSON.stringify({ gid, created_at: '2026-06-01T00:00:05.000Z', name: 'Zoë 🚀' });
const eventTexts = fc.oneof(
  { weight: 8, arbitrary: hostileEventTexts },
  { weight: 8, arbitrary: nearlyPlainEventTexts },
  { weight: 1, arbitrary: lacking },
  { weight: 1, arbitrary: fc.constantFrom('1', 'é', '\u0085').map(dated) },
);

describe('a page is the same, whether it is read as bytes or parsed', () => {
  const pages = fc.record({
    events: fc.array(eventTexts, { maxLength: 4 }),
    offset: fc.constantFrom('"next"', 'null', '"nächste"', '"\\u00e9"'),
    spell: fc.constantFrom(...spellings),
  });

  test('of any events in any spelling', () => {
    fc.assert(
      fc.property(pages, ({ events, offset, spell }) => {
        const body = Buffer.from(spell(pageOf(events, offset)));
        expect(outcome(writer, body)).toEqual(outcome(parsingWriter, body));
      }),
      { numRuns: 6_000 },
    );
  });

  test('of events that are nearly plain, most of which are not parsed', () => {
    const plain = new PlainEvent();
    let events = 0;
    let plainEvents = 0;
    fc.assert(
      fc.property(nearlyPlainEventTexts, (text) => {
        const body = Buffer.from(pageOf([text]));
        expect(outcome(writer, body)).toEqual(outcome(parsingWriter, body));
        events++;
        if (plain.read(body, pageOf([]).indexOf('[') + 1) !== NOT_PLAIN) plainEvents++;
      }),
      { numRuns: 3_000 },
    );
    expect(plainEvents / events).toBeGreaterThan(0.5);
  });

  test('or damaged: then it is refused the same way', () => {
    const damaged = fc.tuple(pages, fc.nat(), fc.nat(255)).map(([{ events, offset, spell }, at, byte]) => {
      const body = Buffer.from(spell(pageOf(events, offset)));
      body[at % body.length] = byte;
      return body;
    });
    fc.assert(
      fc.property(damaged, (body) => {
        expect(outcome(writer, body)).toEqual(outcome(parsingWriter, body));
      }),
      { numRuns: 6_000 },
    );
  });
});

describe('the same, of an event that JSON.parse would read in its own way', () => {
  const event = (...members: string[]) =>
    pageOf([
      `{"gid":"1","created_at":"2026-06-01T00:00:05.000Z"${members.map((member) => `,${member}`).join('')}}`,
    ]);

  test.each([
    ['a property twice', event('"actor":{"name":"a","name":"b"}')],
    ['a text, then none', event('"actor":{"name":"a","name":null}')],
    ['none, then a text', event('"actor":{"name":null,"name":"a"}')],
    ['an object twice', event('"actor":{"name":"a"},"actor":{}')],
    ['an undocumented property twice', event('"actor":{"x":1,"x":2}')],
    ['names that are numbers', event('"b":1,"2":1,"1":1,"a":1')],
    ['a name with an escape', event('"event\\u005ftype":"a"')],
    ['a name that begins as one that is known', event('"event_types":"a","gi":1,"":2')],
    ['__proto__', event('"__proto__":null,"actor":{"__proto__":["a"]}')],
    ['an id that is a number, or none', event('"context":{"on_behalf_of_user_id":7}', '"details":{}')],
    ['an id that is a text', event('"context":{"on_behalf_of_user_id":"1200000000000001"}')],
    ['an id that is an empty text', event('"context":{"on_behalf_of_user_id":""}')],
    ['an id that is an escaped text', event('"context":{"on_behalf_of_user_id":"\\u0061"}')],
    ['an id that is an object', event('"context":{"on_behalf_of_user_id":{}}')],
    [
      'a number behind the events that goes on',
      `${event().slice(0, event().indexOf(']') + 1)}.5,"next_page":null}`,
    ],
    ['a gid with an escape', pageOf(['{"gid":"\\u0031","created_at":"2026-06-01T00:00:05.000Z"}'])],
    ['an empty gid', pageOf(['{"gid":"","created_at":"2026-06-01T00:00:05.000Z"}'])],
    ['a time in another form', pageOf(['{"gid":"1","created_at":"2026-06-01T02:00:05+02:00"}'])],
    ['a time with an escape', pageOf(['{"gid":"1","created_at":"2026-06-01T00:00:05.000\\u005a"}'])],
    ['white space before everything', `${' '.repeat(120)}${event()}`],
    ['as many events as a page may have', pageOf(Array(MAX_EVENTS).fill(MINIMAL))],
    ['one more', pageOf(Array(MAX_EVENTS + 1).fill(MINIMAL))],
    ['white space everywhere', event(' "a" : [ "b" , null ]\n', '\t"actor" :\r{ } ')],
    ['numbers beyond a double', event('"n":9007199254740993', '"m":[1.0]')],
    [
      'more that is undocumented than is looked at one by one',
      event(...Array.from({ length: 40 }, (_, n) => `"n${n}":null`)),
    ],
    ['far more', event(Array.from({ length: 100_000 }, (_, n) => `"n${n}":null`).join())],
    ['a second list of events', `${event().slice(0, -1)},"data":[]}`],
    ['no list of events first', '{"next_page":null,"data":[]}'],
    ['an event that is none', pageOf(['{"gid":"1"}', '7'])],
    ['a comma too many', event().replace('}]', '},]')],
    ['what JSON has not', event('"a":NaN', '"b":[,]')],
    ['a control character in a text', event('"event_type":"\t"')],
    ['an end within an event', event('"event_type":"abc"').slice(0, 70)],
  ])('%s', (_what, body) => {
    expect(outcome(writer, Buffer.from(body))).toEqual(outcome(parsingWriter, Buffer.from(body)));
  });
});

test('of what Asana usually sends, nothing is parsed but what stands behind the events', () => {
  const body = Buffer.from(
    pageOf([JSON.stringify({ ...TASK_DELETED, details: { method: ['SAML'], new_value: null } })]),
  );
  const parse = vi.spyOn(JSON, 'parse');
  try {
    writer.write(body, WORKSPACE_GID);
    expect(parse.mock.calls).toEqual([['{"":[],"next_page":{"offset":"next"}}']]);
  } finally {
    parse.mockRestore();
  }
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
