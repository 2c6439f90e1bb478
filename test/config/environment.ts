import { type Config, type Environment, loadConfig } from '../../src/config/load.ts';
import { messageOf } from '../../src/errors.ts';

export const TOKEN = '1/1203456789012345:0123456789abcdef';

/** The least that is needed. */
export const LEAST = {
  ASANA_TOKEN: TOKEN,
  ASANA_WORKSPACES: '111,222',
  KAFKA_BROKERS: 'localhost:9092',
  SCHEMA_REGISTRY_URL: 'http://localhost:8081',
} as const;

export const loadWith = (changes: Environment): Config => loadConfig({ ...LEAST, ...changes });

/** The problems that loadConfig names, one a text. */
export function problemsOf(environment: Environment): string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    return messageOf(error).split('\n  ').slice(1);
  }
}

export const problemsWith = (changes: Environment): string[] => problemsOf({ ...LEAST, ...changes });
