/** The people and places of one workspace. */

import type { JsonObject } from '../src/json.ts';
import { type ActorEntry, anonymousActors, buildContexts, type ResourceEntry } from './actors.ts';
import { gidFamilies, gidSeries } from './gids.ts';
import { objectTexts } from './object-text.ts';
import { hashPair, pick } from './random.ts';
import { firstNames, lastNames, projectNames } from './words.ts';

const USERS = 200;
const PROJECTS = 60;
const PLACES = 20;

export interface Directory {
  readonly users: readonly ActorEntry[];
  /** Actors that are not a known user. */
  readonly others: readonly ActorEntry[];
  /** By resource type; types that are not here are made for each event. */
  readonly resources: ReadonlyMap<string, readonly ResourceEntry[]>;
}

export function buildDirectory(seed: number, workspaceGid: string, workspaceIndex: number): Directory {
  const userGid = gidSeries(gidFamilies.user, workspaceIndex, hashPair(seed, 1));
  const placeGid = gidSeries(gidFamilies.place, workspaceIndex, hashPair(seed, 2));
  const users = Array.from({ length: USERS }, (_, index) =>
    buildUser(hashPair(seed, index), index, userGid(index)),
  );
  const places = (type: string, count: number, firstIndex: number): readonly ResourceEntry[] =>
    Array.from({ length: count }, (_, index) => {
      const name = `${pick(projectNames, hashPair(seed, firstIndex + index))} ${index + 1}`;
      return buildResource({ gid: placeGid(firstIndex + index), name, resource_type: type });
    });
  const workspace = (type: string) =>
    buildResource({ gid: workspaceGid, name: 'Beispiel & Søns 株式会社', resource_type: type });
  return {
    users,
    others: anonymousActors(seed),
    resources: new Map([
      ['user', users.flatMap(({ resource }) => resource ?? [])],
      ['workspace', [workspace('workspace')]],
      ['domain', [workspace('domain')]],
      ['project', places('project', PROJECTS, 0)],
      ['team', places('team', PLACES, 1_000)],
      ['portfolio', places('portfolio', PLACES, 2_000)],
      ['division', places('division', 5, 3_000)],
      ['custom_field', places('custom_field', PLACES, 4_000)],
    ]),
  };
}

function buildUser(hash: number, index: number, gid: string): ActorEntry {
  const first = pick(firstNames, hash);
  const last = pick(lastNames, hashPair(hash, 1));
  const email = `user.${String(index + 1).padStart(3, '0')}@example.com`;
  const person = { gid, name: `${first} ${last}`, email };
  return {
    actorType: 'user',
    gid,
    texts: objectTexts({ actor_type: 'user', ...person }),
    resource: buildResource({ ...person, resource_type: 'user' }),
    contexts: buildContexts(hash, index),
  };
}

const buildResource = (value: JsonObject & { gid: string }): ResourceEntry => ({
  gid: value.gid,
  texts: objectTexts(value),
});
