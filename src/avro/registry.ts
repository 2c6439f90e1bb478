/** What the connector asks of a schema registry. */

import { COMPATIBILITY, type SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import avsc from 'avsc';
import { messageOf } from '../errors.ts';
import { isJsonObject } from '../json.ts';
import { UndecodableRecord } from './decoder.ts';
import { callRegistry, ifKnown, type RegistryConnection } from './registry-call.ts';

export type SchemaRequest = RegistryConnection & {
  readonly subject: string;
  /** JSON text of an Avro schema. */
  readonly schema: string;
  /** Whether a schema that the subject lacks is registered; else SCHEMA_NOT_REGISTERED is thrown. */
  readonly autoRegister: boolean;
};

/**
 * The id of the schema under the subject.
 *
 * A subject that is new gets the compatibility FULL_TRANSITIVE; that of an existing one is its operator's, and is left.
 * Throws SCHEMA_REGISTRY_UNAVAILABLE (worth another try), SCHEMA_REGISTRY_REFUSED, SCHEMA_INCOMPATIBLE or
 * SCHEMA_NOT_REGISTERED (not worth one); the signal's reason where it aborted.
 */
export async function resolveSchemaId(request: SchemaRequest, signal: AbortSignal): Promise<number> {
  const { subject, autoRegister } = request;
  return callRegistry(request, `subject ${subject}`, signal, async (registry) => {
    if (!autoRegister) return lookUp(registry, request);
    // The look-up comes first: it needs no right to write, and no agreement about the compatibility.
    return (await ifKnown(lookUp(registry, request))) ?? registerOrFind(registry, request);
  });
}

/**
 * Would the registry take the schema as the subject's next version? It is asked about the latest one; undefined where there is
 * none. Throws as {@link resolveSchemaId} does.
 */
export async function isCompatible(
  request: SchemaRequest,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const { subject, schema } = request;
  return callRegistry(request, `compatibility with subject ${subject}`, signal, async (registry) => {
    if ((await ifKnown(registry.getLatestSchemaId(subject))) === undefined) return undefined;
    const answer = (await apiOf(registry).Subject.compatible({ subject, body: { schema } })).data();
    return isJsonObject(answer) && answer.is_compatible === true;
  });
}

/** What the client can ask, and does not offer. */
interface RegistryApi {
  readonly Subject: {
    compatible(request: { subject: string; body: { schema: string } }): Promise<{ data(): unknown }>;
  };
  readonly Schema: { find(request: { id: number }): Promise<{ data(): unknown }> };
}

const apiOf = (registry: SchemaRegistry): RegistryApi =>
  (registry as unknown as { readonly api: RegistryApi }).api;

/**
 * Finds schemas by id, for `createDecoder`. Throws as {@link resolveSchemaId} does, or UndecodableRecord.
 *
 * The client would compile whatever has the id, Protobuf and JSON Schema as well, before anybody could say that it is not ours.
 */
export function writerTypeFetcher(connection: RegistryConnection, signal: AbortSignal) {
  return async (schemaId: number): Promise<avsc.Type> => {
    const type = await callRegistry(connection, `schema ${schemaId}`, signal, async (registry) =>
      readAvro((await apiOf(registry).Schema.find({ id: schemaId })).data()),
    );
    if (type !== undefined) return type;
    throw new UndecodableRecord(`schema ${schemaId} is not an Avro schema that stands alone`);
  };
}

/**
 * Undefined where it is a schema of another kind, or one that needs others, as ours never does. In the answers of most registries an
 * Avro schema has no `schemaType`.
 */
function readAvro(answer: unknown): avsc.Type | undefined {
  if (!isJsonObject(answer) || typeof answer.schema !== 'string')
    throw new Error('an answer without a schema: check that the URL is that of a schema registry');
  const { schema, schemaType = SchemaType.AVRO, references } = answer;
  const isAlone = !Array.isArray(references) || references.length === 0;
  return schemaType === SchemaType.AVRO && isAlone ? avsc.Type.forSchema(JSON.parse(schema)) : undefined;
}

const avroSchema = (schema: string) => ({ type: SchemaType.AVRO, schema }) as const;

async function lookUp(registry: SchemaRegistry, { subject, schema }: SchemaRequest): Promise<number> {
  return checkId(await registry.getRegistryIdBySchema(subject, avroSchema(schema)));
}

/** Another stream or replica may have registered it since the look-up, which a registry may answer with 409 as well. */
async function registerOrFind(registry: SchemaRegistry, request: SchemaRequest): Promise<number> {
  try {
    return await register(registry, request);
  } catch (error) {
    const found = await ifKnown(lookUp(registry, request)).catch(() => undefined);
    if (found === undefined) throw error;
    return found;
  }
}

async function register(registry: SchemaRegistry, request: SchemaRequest): Promise<number> {
  const isNew = (await ifKnown(registry.getLatestSchemaId(request.subject))) === undefined;
  try {
    return await registerUnder(COMPATIBILITY.FULL_TRANSITIVE, isNew, registry, request);
  } catch (error) {
    const level = requiredLevel(error);
    if (level === undefined) throw error;
    return registerUnder(level, isNew, registry, request);
  }
}

async function registerUnder(
  compatibility: COMPATIBILITY,
  updateConfig: boolean,
  registry: SchemaRegistry,
  { subject, schema }: SchemaRequest,
): Promise<number> {
  const options = { subject, compatibility, updateConfig };
  return checkId((await registry.register(avroSchema(schema), options)).id);
}

/** The client registers only when it is told the level that the subject already has, and names that in its refusal alone. */
function requiredLevel(error: unknown): COMPATIBILITY | undefined {
  const [, level] =
    /^Compatibility does not match the configuration \(\w+ != (\w+)\)$/.exec(messageOf(error)) ?? [];
  return Object.values(COMPATIBILITY).find((known) => known === level);
}

/** A proxy's page with status 200 passes through the client as an answer without an id. */
function checkId(schemaId: unknown): number {
  if (Number.isInteger(schemaId)) return schemaId as number;
  throw new Error('an answer without a schema id: check that the URL is that of a schema registry');
}
