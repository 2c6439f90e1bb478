/** The public schema, compiled: the only one that anything is written with. */

import { readFileSync } from 'node:fs';
import avsc from 'avsc';

const SCHEMA_FILE = new URL('../../schemas/asana-audit-log-event.avsc', import.meta.url);

/** The text of `schemas/asana-audit-log-event.avsc` without its line breaks, as it is registered. */
export const EVENT_SCHEMA: string = JSON.stringify(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')));

/** Times stay numbers: without `logicalTypes`, avsc reads and writes timestamp-millis as the long that it is. */
export const EVENT_TYPE: avsc.Type = avsc.Type.forSchema(JSON.parse(EVENT_SCHEMA));

export const EVENT_NAME = 'asana.auditlog.AuditLogEvent';
