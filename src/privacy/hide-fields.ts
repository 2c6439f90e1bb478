import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { HashValue } from './hash-value.ts';

/** The event without what is dropped, and with the hashes of what is hashed. May change, and give back, the one that it is given. */
export type HideFields = (event: JsonValue) => JsonValue;

export interface HiddenFields {
  readonly dropped: readonly string[];
  readonly hashed: readonly string[];
}

/** What happens to a property, or to which properties below it. */
type Plan = Map<string, Plan | Hide>;
type Hide = (owner: JsonObject, name: string) => void;

export const WITHHELD = 'withheld: this is no object, in which FIELDS_DROP could find anything';

/**
 * In what is no object nothing can be found, so that all of it is hidden: as one hash, or by {@link WITHHELD} where nothing is to
 * be hashed. Without recursion: a hostile event may be nested deeper than the stack.
 *
 * @param hash of a value; undefined only where `hashed` is empty
 */
export function createFieldHider(
  { dropped, hashed }: HiddenFields,
  hash: HashValue | undefined,
): HideFields | undefined {
  if (dropped.length + hashed.length === 0) return undefined;
  const plan: Plan = new Map();
  for (const path of dropped) addToPlan(plan, path, drop);
  if (hash) for (const path of hashed) addToPlan(plan, path, replaceBy(hash));
  const withhold = (event: JsonValue) => (hash ? hash(event) : WITHHELD);
  return (event) => {
    if (!isJsonObject(event)) return withhold(event);
    apply(plan, event);
    return event;
  };
}

const drop: Hide = (owner, name) => {
  Reflect.deleteProperty(owner, name);
};

const replaceBy =
  (hash: HashValue): Hide =>
  (owner, name) => {
    const value = owner[name];
    if (value !== undefined) owner[name] = hash(value);
  };

/** No path lies within another one: the configuration refuses that. */
function addToPlan(plan: Plan, path: string, hide: Hide): void {
  const names = path.split('.');
  const last = names.pop() ?? path;
  let at = plan;
  for (const name of names) {
    const known = at.get(name);
    const below: Plan = known instanceof Map ? known : new Map();
    at.set(name, below);
    at = below;
  }
  at.set(last, hide);
}

function apply(plan: Plan, event: JsonObject): void {
  const pending: { readonly value: JsonValue; readonly plan: Plan }[] = [{ value: event, plan }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value } = next;
    if (Array.isArray(value)) for (const element of value) pending.push({ value: element, plan: next.plan });
    else if (isJsonObject(value)) applyToMembers(next.plan, value, pending);
  }
}

function applyToMembers(plan: Plan, object: JsonObject, pending: { value: JsonValue; plan: Plan }[]): void {
  for (const [name, part] of plan) {
    // Own properties only: a path such as `constructor.name` must not lead out of the event.
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value === undefined) continue;
    if (part instanceof Map) pending.push({ value, plan: part });
    else part(object, name);
  }
}
