import { resolveSchemaId, type SchemaRequest } from '../avro/registry.ts';
import { ConnectorError } from '../errors.ts';
import type { Check } from './check.ts';

/** The schema's id, or that it will be registered. Nothing is registered. */
export function registryCheck(request: SchemaRequest): Check {
  return {
    subject: `Schema registry, subject ${request.subject}`,
    look: async (signal) => {
      try {
        return `the schema has id ${await resolveSchemaId({ ...request, autoRegister: false }, signal)}`;
      } catch (error) {
        const missing = error instanceof ConnectorError && error.code === 'SCHEMA_NOT_REGISTERED';
        if (missing && request.autoRegister) return 'the schema will be registered';
        throw error;
      }
    },
  };
}
