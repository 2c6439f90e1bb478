import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { JsonValue } from '../json.ts';

const PREFIX = 'sha256:';

/** What stands for the gid of an event that has none, or no record. */
export const contentId = (source: JsonValue): string =>
  `${PREFIX}${createHash('sha256').update(canonicalJson(source)).digest('hex')}`;

export const isContentId = (id: string): boolean => id.startsWith(PREFIX);
