import { EVENT_SCHEMA } from '../avro/schema.ts';

type SchemaNode = string | readonly SchemaNode[] | { readonly fields?: readonly SchemaField[] };
type SchemaField = { readonly name: string; readonly type: SchemaNode };

/** Paths of everything that Asana documents, as far as the schema has it. */
export const KNOWN_FIELDS: readonly string[] = pathsIn(JSON.parse(EVENT_SCHEMA));

function pathsIn(node: SchemaNode): string[] {
  if (typeof node === 'string') return [];
  if (isUnion(node)) return node.flatMap(pathsIn);
  return (node.fields ?? []).flatMap(({ name, type }) => [
    name,
    ...pathsIn(type).map((path) => `${name}.${path}`),
  ]);
}

function isUnion(node: Exclude<SchemaNode, string>): node is readonly SchemaNode[] {
  return Array.isArray(node);
}
