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
    const { Subject } = (registry as unknown as AskingRegistry).api;
    const answer = (await Subject.compatible({ subject, body: { schema } })).data();
    return isJsonObject(answer) && answer.is_compatible === true;
  });
}

/** The client can ask, and does not offer it. */
interface AskingRegistry {
  readonly api: {
    readonly Subject: {
      compatible(request: { subject: string; body: { schema: string } }): Promise<{ data(): unknown }>;
    };
  };
}

/** Finds schemas by id, for `createDecoder`. Throws as {@link resolveSchemaId} does, or UndecodableRecord. */
export function writerTypeFetcher(connection: RegistryConnection, signal: AbortSignal) {
  return async (schemaId: number): Promise<avsc.Type> => {
    const type = await callRegistry(connection, `schema ${schemaId}`, signal, (registry) =>
      registry.getSchema(schemaId),
    );
    if (isAvroType(type)) return type;
    throw new UndecodableRecord(`schema ${schemaId} is not an Avro schema`);
  };
}

const isAvroType = (type: unknown): type is avsc.Type => avsc.Type.isType(type);

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
