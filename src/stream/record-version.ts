/**
 * Versions of the records of the state topic (docs/upgrading.md).
 *
 * A field that an older connector does not know is ignored by it, and lost with its next commit. Where that would be wrong, the
 * record has a higher version, and the older connector refuses it. A record has the lowest version that says all of it: so an
 * upgrade can be rolled back for as long as nothing was written that only the newer connector understands.
 */

import { ConnectorError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { CONNECTOR_VERSION } from '../version.ts';

/** Throws STATE_TOO_NEW, with the version of the connector that reads the record, where it is above `newest`. */
export function refuseNewer(key: string, { version, written_by: by }: JsonObject, newest: number): void {
  if (typeof version !== 'number' || version <= newest) return;
  const writer =
    typeof by === 'string' && /^[\w.+-]{1,40}$/.test(by) ? `asana-audit-kafka ${by}` : 'a newer one';
  throw new ConnectorError(
    'STATE_TOO_NEW',
    `the state record ${key} is of version ${version}, written by ${writer}; this is ${CONNECTOR_VERSION}, which reads versions up to ${newest}`,
  );
}

/** The record as JSON; undefined where it is damaged, or a tombstone. Throws STATE_TOO_NEW. */
export function readKnown(key: string, value: Buffer | null, newest: number): JsonObject | undefined {
  const record = parse(String(value));
  if (!isJsonObject(record)) return undefined;
  refuseNewer(key, record, newest);
  return record;
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
