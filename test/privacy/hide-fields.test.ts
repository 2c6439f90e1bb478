import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventIn } from '../../src/avro/to-event.ts';
import { bytesIn } from '../../src/byte-range.ts';
import { canonicalJson } from '../../src/canonical-json.ts';
import { Secret } from '../../src/config/secret.ts';
import { eventsOf } from '../../src/encode/encoded-page.ts';
import { PageWriter } from '../../src/encode/page-writer.ts';
import { messageOf } from '../../src/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/json.ts';
import { hashWith } from '../../src/privacy/hash-value.ts';
import { createFieldHider, WITHHELD } from '../../src/privacy/hide-fields.ts';
import { readAnswer } from '../asana/read-answer.ts';
import { hostileEventTexts } from '../avro/event-texts.ts';

const hash = hashWith(createSecretKey(Buffer.from('k'.repeat(32))));
const token = new Secret('token');

function hide(text: string, dropped: string[], hashed: string[] = []): JsonValue {
  const hider = createFieldHider({ dropped, hashed }, hash);
  if (hider === undefined) throw new Error('nothing is hidden');
  return hider(parseJson(text));
}

test('without fields there is nothing that could cost anything', () => {
  expect(createFieldHider({ dropped: [], hashed: [] }, undefined)).toBeUndefined();
});

test.each([
  ['a property', '{"a":{"b":1,"c":2}}', ['a.b'], '{"a":{"c":2}}'],
  ['an object with all that is in it', '{"a":{"b":1},"c":2}', ['a'], '{"c":2}'],
  ['in each element of an array', '{"a":[{"b":1},[[{"b":2,"c":3}]],4]}', ['a.b'], '{"a":[{},[[{"c":3}]],4]}'],
  ['nothing where it is not', '{"a":{"c":1},"b":2}', ['a.b', 'x.y'], '{"a":{"c":1},"b":2}'],
  ['nothing where the way there is no object', '{"a":"b","c":null}', ['a.b', 'c.d'], '{"a":"b","c":null}'],
  ['nothing that is not its own', '{"a":{}}', ['a.constructor', 'a.toString.name'], '{"a":{}}'],
  ['a number of any size', '{"a":12345678901234567890}', ['a'], '{}'],
])('what is dropped is %s', (_what, event, dropped, expected) => {
  expect(canonicalJson(hide(event, dropped))).toBe(expected);
});

test('what is hashed stays where it is, whatever it was; null stays null', () => {
  const event = '{"a":{"s":"x","n":7,"o":{"p":[1]},"z":null}}';
  expect(hide(event, [], ['a.s', 'a.n', 'a.o', 'a.z', 'a.none', 'a.toString'])).toEqual({
    a: { s: hash('x'), n: hash(7), o: hash({ p: [1] }), z: null },
  });
});

test('an event that is no object is hidden whole: by its hash, or by a note where nothing is hashed', () => {
  const dropping = createFieldHider({ dropped: ['a'], hashed: [] }, undefined);
  for (const event of ['ada@example.com', 7, ['ada@example.com'], [{ a: 1 }]]) {
    expect(dropping?.(event)).toBe(WITHHELD);
    expect(hide(JSON.stringify(event), ['b'], ['a'])).toBe(hash(event));
  }
});

test('nesting that no recursion survives is no obstacle', () => {
  const deep = `{"a":${'['.repeat(100_000)}{"b":1}${']'.repeat(100_000)}}`;
  expect(canonicalJson(hide(deep, ['a.b']))).toBe(deep.replace('{"b":1}', '{}'));
  expect(hide(deep, [], ['a'])).toEqual({ a: expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/) });
});

const CANARY = 'canary-5f0c';
const PATHS = [
  'actor.email',
  'details.group.name',
  'details.new_value',
  'context',
  'x-1.y.z',
  'details.saml_response',
];

/** The event with the canary at `path`, whatever was in the way. */
function plant(event: JsonObject, path: string): JsonObject {
  const [name = '', ...rest] = path.split('.');
  const inner = event[name];
  const planted = rest.length === 0 ? CANARY : plant(isJsonObject(inner) ? inner : {}, rest.join('.'));
  return { ...event, [name]: planted };
}

/** Written without a look at what is tested. */
function without(event: JsonObject, path: string): JsonObject {
  const [name = '', ...rest] = path.split('.');
  const { [name]: value, ...others } = event;
  if (rest.length === 0 || value === undefined) return others;
  return { ...others, [name]: isJsonObject(value) ? without(value, rest.join('.')) : value };
}

/** Whatever of a page could be written: records, dead letters, ids, messages. */
function written(page: string, dropped: string[], hashed: string[]): { all: string; events: JsonValue[] } {
  const hider = createFieldHider({ dropped, hashed }, hash);
  const encoded = eventsOf(new PageWriter(hider).write(Buffer.from(page), '111'));
  const bytes = encoded.map(({ value }) => (value ? bytesIn(value).toString('latin1') : ''));
  const events = encoded.map(({ value, unmappable }) =>
    value ? eventIn(bytesIn(value)) : parseJson(unmappable?.json ?? 'null'),
  );
  return { all: [...bytes, canonicalJson(events), JSON.stringify(encoded)].join('\n'), events };
}

describe('of a page that Asana sent', () => {
  const cases = fc.record({
    text: hostileEventTexts,
    path: fc.constantFrom(...PATHS),
    // Without a gid or a time, an event goes to the dead letters.
    lacks: fc.constantFrom(undefined, 'gid', 'created_at'),
  });
  const eventOf = ({ text, path, lacks }: { text: string; path: string; lacks: string | undefined }) => {
    const planted = plant(parseJson(text) as JsonObject, path);
    return lacks === undefined ? planted : without(planted, lacks);
  };

  test('what is dropped is nowhere, and all else as it was', () => {
    fc.assert(
      fc.property(cases, (scene) => {
        const event = eventOf(scene);
        const page = `{"data":[${canonicalJson(event)}]}`;
        expect(written(page, [], []).all).toContain(CANARY);
        const { all, events } = written(page, [scene.path], []);
        expect(all).not.toContain(CANARY);
        expect(events.map(canonicalJson)).toEqual([canonicalJson(without(event, scene.path))]);
      }),
      { numRuns: 300 },
    );
  });

  test('what is hashed is there by its hash alone', () => {
    fc.assert(
      fc.property(cases, (scene) => {
        const { all } = written(`{"data":[${canonicalJson(eventOf(scene))}]}`, [], [scene.path]);
        expect(all).not.toContain(CANARY);
        expect(all).toContain(String(hash(CANARY)));
      }),
      { numRuns: 300 },
    );
  });

  test('neither is what is no event, nor of an answer that is no page', () => {
    const { all } = written(`{"data":[{},"${CANARY}",["${CANARY}"]]}`, ['actor.email'], []);
    expect(all).not.toContain(CANARY);
    const hider = createFieldHider({ dropped: ['actor.email'], hashed: [] }, undefined);
    for (const body of [`{"data":[{"actor":{"email":"${CANARY}"}}]}`, `<pre>${CANARY}</pre>`, CANARY]) {
      for (const status of [201, 400, 500]) {
        const answer = { status, headers: {}, body: Buffer.from(body) };
        expect(messageOf(thrownBy(() => readAnswer(answer, undefined, token, hider)))).toMatch(/not quoted/);
      }
    }
  });

  test('Asana’s own errors, and empty ones, are quoted as ever', () => {
    const hider = createFieldHider({ dropped: ['actor.email'], hashed: [] }, undefined);
    const said = (body: string) =>
      messageOf(
        thrownBy(() =>
          readAnswer({ status: 500, headers: {}, body: Buffer.from(body) }, undefined, token, hider),
        ),
      );
    expect(said('{"errors":[{"message":"Server Error","phrase":"6 sad squid"}]}')).toBe(
      'Asana answered 500: Server Error / 6 sad squid',
    );
    expect(said(`{"errors":[{"message":{"email":"${CANARY}"}}]}`)).toBe('Asana answered 500: no message');
    expect(said(' ')).toBe('Asana answered 500: no body');
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
}
