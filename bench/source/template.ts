/** Pages as bytes: a fixed row of realistic events, copied, with each event's own gid and time written into the copy. */

import { buildBacklog } from '../../simulator/backlog.ts';
import { EventMaker } from '../../simulator/event.ts';
import { randomStream } from '../../simulator/random.ts';

/** The JSON of one event, and where in its UTF-8 bytes the 16 digits of the gid and the 24 characters of `created_at` are. */
export interface EventText {
  readonly bytes: Buffer;
  readonly gidAt: number;
  readonly createdAtAt: number;
}

/** The largest page, and the number of different events: event i looks like event i + 1,000. */
export const PERIOD = 1_000;
const GID_DIGITS = 16;
const WORKSPACES = 1_000;

/** What is in a page: event `first` and so many more, of workspace number `workspace`. */
export interface PageRange {
  readonly workspace: number;
  readonly first: number;
  readonly count: number;
}

export class PageTemplate {
  /** Two periods, each event followed by a comma: any page is one slice of it. */
  readonly #bytes: Buffer;
  readonly #starts: Uint32Array;
  readonly #gidAt: Uint32Array;
  readonly #createdAtAt: Uint32Array;

  /** `texts`: exactly {@link PERIOD} of them. */
  constructor(texts: readonly EventText[]) {
    if (texts.length !== PERIOD) throw new RangeError(`expected ${PERIOD} events, got ${texts.length}`);
    const twice = [...texts, ...texts];
    this.#bytes = Buffer.concat(twice.flatMap(({ bytes }) => [bytes, Buffer.from(',')]));
    this.#starts = new Uint32Array(twice.length + 1);
    this.#gidAt = new Uint32Array(twice.length);
    this.#createdAtAt = new Uint32Array(twice.length);
    let start = 0;
    for (const [slot, { bytes, gidAt, createdAtAt }] of twice.entries()) {
      this.#starts[slot] = start;
      this.#gidAt[slot] = start + gidAt;
      this.#createdAtAt[slot] = start + createdAtAt;
      start += bytes.length + 1;
    }
    this.#starts[twice.length] = start;
  }

  /** Mean bytes of an event's JSON, without the comma. */
  get eventBytes(): number {
    return (this.#starts[PERIOD] ?? 0) / PERIOD - 1;
  }

  /** The events of a page, comma-separated, between `head` and `tail`. */
  render(range: PageRange, timeAt: (index: number) => number, head: string, tail: string): Buffer {
    const { first, count } = range;
    const slot = first % PERIOD;
    const from = this.#starts[slot] ?? 0;
    const sizeBytes = count === 0 ? 0 : (this.#starts[slot + count] ?? 0) - 1 - from;
    const page = Buffer.allocUnsafeSlow(head.length + sizeBytes + tail.length);
    page.write(head, 0, 'latin1');
    this.#bytes.copy(page, head.length, from, from + sizeBytes);
    page.write(tail, head.length + sizeBytes, 'latin1');
    const shift = head.length - from;
    for (let at = 0; at < count; at += 1) {
      writeGid(page, (this.#gidAt[slot + at] ?? 0) + shift, range.workspace, first + at);
      const createdAt = new Date(timeAt(first + at)).toISOString();
      page.write(createdAt, (this.#createdAtAt[slot + at] ?? 0) + shift, 'latin1');
    }
    return page;
  }
}

/** `1211`, the workspace's number, the event's index: that is how a reader finds out which event a record is. */
const GID_PREFIX = 1_211;
const INDEX_DIGITS = 9;

function writeGid(page: Buffer, at: number, workspace: number, index: number): void {
  let head = GID_PREFIX * WORKSPACES + workspace;
  let rest = index;
  for (let digit = GID_DIGITS - 1; digit >= 0; digit -= 1) {
    const isIndex = digit >= GID_DIGITS - INDEX_DIGITS;
    const from = isIndex ? rest : head;
    const next = Math.floor(from / 10);
    page[at + digit] = 48 + from - next * 10;
    if (isIndex) rest = next;
    else head = next;
  }
}

/** Which event a gid names; undefined where the source never gave it out. */
export function readGid(gid: string): { workspace: number; index: number } | undefined {
  const [, workspace, index] = /^1211(\d{3})(\d{9})$/.exec(gid) ?? [];
  if (workspace === undefined || index === undefined) return undefined;
  return { workspace: Number(workspace), index: Number(index) };
}

export interface TextShares {
  /** Of events with undocumented fields. */
  readonly unknownFields: number;
  /** Of events with an integer beyond 2^53. */
  readonly bigIntegers: number;
}

/** Of so many simulated events one is taken, so that nights, weekends and bulk changes have their share. */
const STRIDE = 97;

/** Events of the simulator in a random order of keys, as the API sends them. */
export function simulatedTexts(shares: TextShares): EventText[] {
  const plan = { seed: 1, events: PERIOD * STRIDE, days: 80, burst: 0.15, eventsPerMillisecond: 0 } as const;
  const timeline = buildBacklog({ ...plan, milliseconds: 'spread' }, Date.UTC(2026, 5, 19, 12));
  const workspace = { workspaceGid: '1201234567890123', workspaceIndex: 0 };
  const maker = new EventMaker(
    { seed: 1, ...workspace, gidDigits: GID_DIGITS, poison: 0, ...shares },
    timeline,
  );
  const random = randomStream(7);
  return Array.from({ length: PERIOD }, (_, slot) => {
    const index = slot * STRIDE;
    const text = maker.render(index, 1 + Math.floor(random() * 1_000));
    return {
      bytes: Buffer.from(text),
      gidAt: byteOffset(text, `"gid":"${maker.gid(index)}"`, '"gid":"'),
      createdAtAt: byteOffset(text, '"created_at":"', '"created_at":"'),
    };
  });
}

function byteOffset(text: string, member: string, name: string): number {
  const at = text.indexOf(member);
  if (at < 0) throw new Error(`the event has no ${member}: ${text}`);
  return Buffer.byteLength(text.slice(0, at)) + name.length;
}
