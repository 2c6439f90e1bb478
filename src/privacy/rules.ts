/** Which fields may be hidden, and which of those are probably not what was meant. */

import { nearest } from '../config/nearest.ts';
import type { Settings } from '../config/settings.ts';
import { isWithin } from './field-path.ts';
import { HASH_KEY_EXPECTED, isHashKey } from './hash-key.ts';
import { KNOWN_FIELDS } from './known-fields.ts';

const NEVER_HIDDEN: Readonly<Record<string, string>> = {
  gid: 'it is the key of the record, and what an event is recognised by when Asana shows it again',
  created_at: 'it is the time of the record, and where the stream goes on',
  event_type: 'without it nobody could tell what happened, and verify not which events a filter means',
};
/** Ours, of the record and not of Asana's event. */
const NOT_ASANAS = ['workspace_gid', 'additional_properties', 'original_json'];
const FILTERED = {
  ASANA_ACTOR_TYPE: 'actor.actor_type',
  ASANA_ACTOR_GID: 'actor.gid',
  ASANA_RESOURCE_GID: 'resource.gid',
} as const;

type Named = { readonly variable: 'FIELDS_DROP' | 'FIELDS_HASH'; readonly path: string };

function named({ FIELDS_DROP: dropped = [], FIELDS_HASH: hashed = [] }: Partial<Settings>): Named[] {
  return [
    ...dropped.map((path): Named => ({ variable: 'FIELDS_DROP', path })),
    ...hashed.map((path): Named => ({ variable: 'FIELDS_HASH', path })),
  ];
}

/** What would break the promise, contradict itself, or silently hide nothing. */
export function fieldProblems(settings: Partial<Settings>): string[] {
  const all = named(settings);
  return [
    ...all.flatMap(({ variable, path }) => unfit(path).map((why) => `${variable}: ${path} ${why}`)),
    ...all.flatMap((one, at) => all.slice(at + 1).flatMap((other) => overlap(one, other))),
    ...all.flatMap((one) => filterConflicts(one, settings)),
    ...keyProblems(settings),
  ];
}

function unfit(path: string): string[] {
  const names = path.split('.');
  const [first = ''] = names;
  if (Object.hasOwn(NEVER_HIDDEN, first)) return [`cannot be hidden: ${NEVER_HIDDEN[first]}`];
  if (NOT_ASANAS.includes(first) || names.includes('additional_properties'))
    return ["is of the record: expected a path of Asana's own JSON, such as details.method"];
  return [];
}

function overlap(one: Named, other: Named): string[] {
  if (one.path === other.path)
    return [`FIELDS_DROP and FIELDS_HASH both have ${one.path}: expected one of them to`];
  const [inner, outer] = isWithin(one.path, other.path) ? [one, other] : [other, one];
  if (!isWithin(inner.path, outer.path)) return [];
  return [
    `${inner.variable}: ${inner.path} lies within ${outer.path}, which ${outer.variable} hides already`,
  ];
}

function filterConflicts({ variable, path }: Named, settings: Partial<Settings>): string[] {
  const filters = Object.entries(FILTERED) as [keyof typeof FILTERED, string][];
  return filters.flatMap(([filter, field]) =>
    settings[filter] !== undefined && isWithin(field, path)
      ? [
          `${variable}: ${path} cannot be hidden together with ${filter}: verify could not tell which events of the topic it means`,
        ]
      : [],
  );
}

function keyProblems(settings: Partial<Settings>): string[] {
  const { FIELDS_HASH: hashed, FIELDS_HASH_KEY: key, FIELDS_HASH_KEY_FILE: file } = settings;
  if (key !== undefined && file !== undefined)
    return ['FIELDS_HASH_KEY_FILE and FIELDS_HASH_KEY are both set: expected one of them'];
  if (key !== undefined && !isHashKey(key.reveal()))
    return [`FIELDS_HASH_KEY: expected ${HASH_KEY_EXPECTED}`];
  if (hashed !== undefined && key === undefined && file === undefined)
    return [
      'FIELDS_HASH_KEY_FILE is not set: expected a path of a file with the key of FIELDS_HASH (or FIELDS_HASH_KEY)',
    ];
  return [];
}

/** What hides nothing as far as anybody knows: Asana may have such a field one day, or it is misspelt. */
export function fieldWarnings(settings: Settings): string[] {
  const unknown = named(settings).filter(({ path }) => !KNOWN_FIELDS.includes(path));
  const hasKey = settings.FIELDS_HASH_KEY !== undefined || settings.FIELDS_HASH_KEY_FILE !== undefined;
  return [
    ...unknown.map(({ variable, path }) => {
      const meant = nearest(path, KNOWN_FIELDS);
      const question = meant === undefined ? '' : `: did you mean ${meant}?`;
      return `${variable}: ${path} is no field that Asana documents; it is hidden where Asana sends it${question}`;
    }),
    ...(hasKey && settings.FIELDS_HASH === undefined
      ? ['FIELDS_HASH is not set, so that nothing is hashed with the key']
      : []),
  ];
}
