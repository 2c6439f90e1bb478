import type { Config } from '../config/load.ts';
import { hiddenFields } from '../privacy/privacy.ts';
import type { Check, Good } from './check.ts';

/** Which fields are hidden: nothing that could be wrong here, but what an auditor asks for. */
export function privacyCheck(config: Config): Check {
  return {
    subject: 'Privacy',
    look: async (): Promise<Good> => ({ detail: detailOf(config) }),
  };
}

function detailOf(config: Config): string {
  const { dropped, hashed } = hiddenFields(config);
  const parts = [
    ...(dropped.length > 0 ? [`dropped: ${dropped.join(', ')}`] : []),
    ...(hashed.length > 0 ? [`hashed: ${hashed.join(', ')}, with the key ${whereKeyIs(config)}`] : []),
  ];
  return parts.join('; ') || 'every field is published as Asana sends it';
}

const whereKeyIs = ({ FIELDS_HASH_KEY_FILE: file }: Config): string =>
  file === undefined ? 'in FIELDS_HASH_KEY' : `in ${file}`;
