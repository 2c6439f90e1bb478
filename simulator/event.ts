/** Event number i of a workspace: a pure function of the seed, i and its time. Nothing else of it is stored. */

import type { ActorEntry, ResourceEntry } from './actors.ts';
import { isOfficeTime } from './backlog.ts';
import { buildDirectory, type Directory } from './directory.ts';
import { buildSamlPool, renderDetails } from './event-details.ts';
import { bulkTypes, type EventType, officeTypes, quietTypes } from './event-types.ts';
import { type GidSeries, gidFamilies, gidSeries } from './gids.ts';
import { joinMembers, KEY_ORDERS, withLastMember } from './object-text.ts';
import { poisonMembers } from './poison.ts';
import { hashPair, hashTime, pick, toFraction } from './random.ts';
import type { Timeline } from './timeline.ts';
import { thingNames } from './words.ts';

/** The canonical key order: keys sorted at every level, so that the text is what is hashed. */
export const CANONICAL = 0;

export interface EventSettings {
  readonly seed: number;
  readonly workspaceGid: string;
  readonly workspaceIndex: number;
  readonly gidDigits: number;
  readonly unknownFields: number;
  readonly bigIntegers: number;
  readonly poison: number;
}

const OTHER_ACTORS_SHARE = 0.08;

export class EventMaker {
  readonly #seed: number;
  readonly #directory: Directory;
  readonly #eventGid: GidSeries;
  readonly #thingGid: GidSeries;
  readonly #samlPool: string;
  readonly #unknownFields: number;
  readonly #bigIntegers: number;
  readonly #poison: number;
  readonly #timeline: Timeline;

  constructor(settings: EventSettings, timeline: Timeline) {
    const { seed, workspaceGid, workspaceIndex } = settings;
    this.#seed = hashPair(seed, workspaceIndex);
    this.#directory = buildDirectory(this.#seed, workspaceGid, workspaceIndex);
    this.#eventGid = gidSeries(gidFamilies.event, workspaceIndex, hashPair(seed, 3), settings.gidDigits);
    this.#thingGid = gidSeries(gidFamilies.thing, workspaceIndex, hashPair(seed, 4));
    this.#samlPool = buildSamlPool(seed);
    this.#unknownFields = settings.unknownFields;
    this.#bigIntegers = settings.bigIntegers;
    this.#poison = settings.poison;
    this.#timeline = timeline;
  }

  gid(index: number): string {
    return this.#eventGid(index);
  }

  type(index: number): EventType {
    const timeMs = this.#timeline.timeAt(index);
    if (this.#timeline.isBulk(index)) return pick(bulkTypes, hashTime(this.#seed ^ 1, timeMs));
    return pick(isOfficeTime(timeMs) ? officeTypes : quietTypes, this.#hash(index, 1));
  }

  /** A bulk change has one actor; a login is its user's own. */
  actor(index: number): ActorEntry {
    const hash = this.#timeline.isBulk(index)
      ? hashTime(this.#seed ^ 2, this.#timeline.timeAt(index))
      : this.#hash(index, 2);
    return toFraction(hash) < OTHER_ACTORS_SHARE
      ? pick(this.#directory.others, hashPair(hash, 1))
      : pick(this.#directory.users, hashPair(hash, 1));
  }

  resourceGid(index: number): string {
    return this.#pooledResource(index)?.gid ?? this.#thingGid(index);
  }

  /** The event's JSON. `keyOrder` {@link CANONICAL} sorts all keys; any other number stands for one of many orders. */
  render(index: number, keyOrder: number): string {
    const type = this.type(index);
    const nested = keyOrder === CANONICAL ? CANONICAL : keyOrder % KEY_ORDERS;
    const actor = this.actor(index);
    const context = pick(actor.contexts, this.#hash(index, 4));
    const members = [
      `"actor":${actor.texts[nested]}`,
      `"context":${context[nested]}`,
      `"created_at":"${new Date(this.#timeline.timeAt(index)).toISOString()}"`,
      `"details":${renderDetails(type, this.#hash(index, 5), this.#samlPool, nested)}`,
      type.categoryMember,
      type.typeMember,
      `"gid":"${this.gid(index)}"`,
      `"resource":${this.#resource(index, type, nested)}`,
    ];
    this.#addUnknown(members, index);
    if (toFraction(this.#hash(index, 10)) < this.#poison) poisonMembers(members, this.#hash(index, 11));
    return joinTopLevel(members, keyOrder);
  }

  #hash(index: number, purpose: number): number {
    return hashPair(this.#seed ^ Math.imul(purpose, 0x51ed270b), index);
  }

  #pooledResource(index: number): ResourceEntry | undefined {
    const type = this.type(index);
    const own = type.name.startsWith('user_log') ? this.actor(index).resource : undefined;
    if (own !== undefined) return own;
    const pool = this.#directory.resources.get(type.resourceType);
    return pool === undefined ? undefined : pick(pool, this.#hash(index, 3));
  }

  #resource(index: number, type: EventType, keyOrder: number): string {
    const pooled = this.#pooledResource(index);
    if (pooled !== undefined) return pooled.texts[keyOrder] ?? '{}';
    const hash = this.#hash(index, 6);
    const members = [`"gid":"${this.#thingGid(index)}"`];
    if (hash % 11 === 0) members.push('"name":null');
    else if (hash % 13 !== 0) members.push(`"name":${JSON.stringify(pick(thingNames, hashPair(hash, 1)))}`);
    if (type.resourceType === 'task' && hash % 7 === 0) members.push('"resource_subtype":"milestone"');
    members.push(`"resource_type":"${type.resourceType}"`);
    return joinMembers(members, keyOrder);
  }

  /** Fields that no documentation knows. Their keys sort last, see {@link withLastMember}. */
  #addUnknown(members: string[], index: number): void {
    const fraction = toFraction(this.#hash(index, 7));
    if (fraction < this.#unknownFields) {
      const place = this.#hash(index, 8) % 5;
      if (place === 4) members.push(`"severity":{"label":"élevée","level":${index % 5}}`);
      else addNested(members, unknownPlaces[place] ?? unknownPlaces[0]);
    } else if (fraction > 1 - this.#bigIntegers) {
      members.push(`"zoned_sequence":9${String(this.#hash(index, 9)).padStart(10, '0')}0000000001`);
    }
  }
}

/** Position of the nested object among the members, and the member to add to it. */
const unknownPlaces = [
  [0, '"user_role":["guest","billing"]'],
  [1, '"vpn_detected":false'],
  [3, '"zone":null'],
  [7, '"sensitivity":{"by":null,"labels":["内部"]}'],
] as const;

function addNested(members: string[], [place, member]: readonly [number, string]): void {
  const text = members[place] ?? '';
  const colon = text.indexOf(':') + 1;
  members[place] = text.slice(0, colon) + withLastMember(text.slice(colon), member);
}

/** Strides that are coprime to 7, 8 and 9, the numbers of top-level keys. */
const STRIDES = [1, 5, 11] as const;

function joinTopLevel(members: readonly string[], keyOrder: number): string {
  if (keyOrder === CANONICAL) return `{${members.join(',')}}`;
  const count = members.length;
  const stride = STRIDES[keyOrder % 3] ?? 1;
  let at = keyOrder % count;
  let text = `{${members[at]}`;
  for (let left = count - 1; left > 0; left -= 1) {
    at = (at + stride) % count;
    text += `,${members[at]}`;
  }
  return `${text}}`;
}
