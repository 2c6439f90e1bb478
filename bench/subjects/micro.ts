/** The steps from the bytes of a page to records, each beside its bound, in one process. Prints one line of JSON. */

import { AvroBytes } from '../../src/avro/avro-bytes.ts';
import type { EventRecord } from '../../src/avro/event-record.ts';
import { toRecord } from '../../src/avro/mapping.ts';
import { writeRecord } from '../../src/avro/record-writer.ts';
import { eventsOf } from '../../src/encode/encoded-page.ts';
import { PageWriter } from '../../src/encode/page-writer.ts';
import { isJsonObject, type JsonValue, parseJson } from '../../src/json.ts';
import { Batch } from '../../src/stream/batch.ts';
import { inTimeOrder } from '../../src/stream/events.ts';
import { PageTemplate, PERIOD, simulatedTexts, type TextShares } from '../source/template.ts';
import type { MicroResult, Pair } from './micro-result.ts';

const WORKSPACE = '1201234567890000';
const PARTITIONS = 6;
const SCHEMA_ID = 1;
const ROUND_MS = 300;
const WARM_UP_ROUNDS = 3;
const rounds = Number(process.env.BENCH_RUNS ?? '5');

/** What the compiler could otherwise leave out. */
let kept = 0;

/** Of processor time, the collector's threads included: what else runs on the machine is not in it. */
function nanosecondsAnEvent(step: () => number): number {
  const before = process.cpuUsage();
  const startedMs = performance.now();
  let events = 0;
  for (; performance.now() - startedMs < ROUND_MS; events += PERIOD) kept += step();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / events;
}

/** Bound, subject, bound, subject …, after rounds that do not count. */
function pair(name: string, boundName: string, bound: () => number, subject: () => number): Pair {
  const found = { name, boundName, bound: [] as number[], subject: [] as number[] };
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const [ofBound, ofSubject] = [nanosecondsAnEvent(bound), nanosecondsAnEvent(subject)];
    if (round < 0) continue;
    found.bound.push(ofBound);
    found.subject.push(ofSubject);
  }
  return found;
}

function pageOf(shares: TextShares): Buffer {
  const startMs = Date.UTC(2026, 5, 15, 12);
  const range = { workspace: 0, first: 0, count: PERIOD };
  return new PageTemplate(simulatedTexts(shares)).render(
    range,
    (index) => startMs + 20 * index,
    '{"data":[',
    ']}',
  );
}

const pageBytes = pageOf({ unknownFields: 0.02, bigIntegers: 0 });
const page = pageBytes.toString();
// One or two of a thousand, so that each page has to be parsed the careful way.
const bigPage = pageOf({ unknownFields: 0.02, bigIntegers: 0.002 }).toString();

const dataOf = (body: JsonValue): JsonValue[] =>
  isJsonObject(body) && Array.isArray(body.data) ? body.data : [];
const readPage = (text: string) => dataOf(parseJson(text)).map((event) => toRecord(event, WORKSPACE));
const bytes = new AvroBytes();
const pageWriter = new PageWriter(undefined);
const events = dataOf(parseJson(page));
const records = events.flatMap((event) => {
  const { record } = toRecord(event, WORKSPACE);
  return record === undefined ? [] : [record];
});
const parse = (text: string) => () => JSON.parse(text).data.length;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function encodeAll(): number {
  bytes.cutTo(0);
  for (const record of records) writeRecord(bytes, record);
  return bytes.copy().length;
}

function stringifyAll(): number {
  let length = 0;
  for (const event of events) length += JSON.stringify(event).length;
  return length;
}

function pageToRecords(): number {
  const encoded = eventsOf(pageWriter.write(pageBytes, WORKSPACE));
  const batch = new Batch(PARTITIONS, SCHEMA_ID);
  for (const event of inTimeOrder(encoded, undefined)) batch.add(event, false);
  return batch.records.length;
}

function sizeOf(record: EventRecord): number {
  bytes.cutTo(0);
  writeRecord(bytes, record);
  return bytes.sizeBytes;
}

function sizes() {
  const all = events.map((event, at) => {
    const record = records[at];
    return {
      json: Buffer.byteLength(JSON.stringify(event)),
      avro: record === undefined ? 0 : sizeOf(record),
      hasSaml: record?.details?.saml_response != null,
    };
  });
  const shareOf = (some: typeof all) => sum(some.map(({ avro }) => avro)) / sum(some.map(({ json }) => json));
  return {
    jsonBytes: sum(all.map(({ json }) => json)) / all.length,
    avroBytes: sum(all.map(({ avro }) => avro)) / all.length,
    share: shareOf(all),
    shareWithoutSaml: shareOf(all.filter(({ hasSaml }) => !hasSaml)),
    samlEvents: all.filter(({ hasSaml }) => hasSaml).length / all.length,
  };
}

const result: MicroResult = {
  pairs: [
    pair('control: JSON.parse against itself', 'JSON.parse', parse(page), parse(page)),
    pair('parse: page text to events', 'JSON.parse', parse(page), () => readPage(page).length),
    pair('the same with integers beyond 2^53', 'JSON.parse', parse(bigPage), () => readPage(bigPage).length),
    pair('encode: record to Avro', 'JSON.stringify', stringifyAll, encodeAll),
    pair('page bytes to records ready to send', 'JSON.parse', parse(page), pageToRecords),
  ],
  sizes: sizes(),
  kept,
};
console.log(JSON.stringify(result));
