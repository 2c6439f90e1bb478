import { inject } from 'vitest';
import { describeRegistry } from '../avro/registry-contract.ts';

describeRegistry('a real registry', () => inject('schemaRegistryUrl'));
