import { isCompatible, resolveSchemaId, type SchemaRequest } from '../avro/registry.ts';
import { ConnectorError } from '../errors.ts';
import type { Check } from './check.ts';

/** The schema's id, or that it can be registered. Nothing is registered. @param after the look-up of its name */
export function registryCheck(request: SchemaRequest, after: readonly Check[]): Check {
  return {
    after,
    subject: `Schema registry, subject ${request.subject}`,
    look: async (signal) => {
      try {
        const id = await resolveSchemaId({ ...request, autoRegister: false }, signal);
        return { detail: `the schema has id ${id}` };
      } catch (error) {
        const isMissing = error instanceof ConnectorError && error.code === 'SCHEMA_NOT_REGISTERED';
        if (!isMissing || !request.autoRegister) throw error;
      }
      const compatible = await isCompatible(request, signal);
      if (compatible === undefined)
        return { detail: 'the schema will be registered, as the first of its subject' };
      if (compatible)
        return { detail: 'the schema will be registered; it is compatible with the latest version' };
      throw new ConnectorError(
        'SCHEMA_INCOMPATIBLE',
        `the schema is not compatible with the latest version of ${request.subject}`,
      );
    },
  };
}
