/** A connector of a newer version: this one, copied, with the changes that a release may bring. */

import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, runCommand } from '../../dev/command.ts';
import type { ConnectorEnvironment } from '../support/connector.ts';

const ROOT = join(import.meta.dirname, '../..');
const RUN_TIMEOUT_MS = 110_000;
const FIELDS = 'src/avro/event-fields.ts';
const WRITER = 'src/avro/record-writer.ts';
const PLAIN = 'src/encode/plain-event.ts';
const RECORD = 'src/stream/cursor-record.ts';
const SCHEMA = 'schemas/asana-audit-log-event.avsc';

export const NEWER_VERSION = '99.0.0';

/** File, what is in it once, and what takes its place. */
type Edit = readonly [file: string, find: string, replace: string];

/** A property that Asana has come to document gets a field: the one thing that happens to the schema. */
export const WITH_A_FIELD: readonly Edit[] = [
  [
    SCHEMA,
    '"name": "saml_response",',
    '"name": "method", "type": ["null", "string"], "default": null }, { "name": "saml_response",',
  ],
  [FIELDS, 'saml_response: null,', 'method: null, saml_response: null,'],
  [
    FIELDS,
    "else if (name === 'saml_response')",
    "else if (name === 'method') record.method = value; else if (name === 'saml_response')",
  ],
  [
    WRITER,
    'to.optionalText(details.saml_response);',
    'to.optionalText(details.method); to.optionalText(details.saml_response);',
  ],
  [PLAIN, "text('saml_response'),", "text('method'), text('saml_response'),"],
];

/** The cursor says something that an older connector must not drop. */
export const WITH_ANOTHER_STATE: readonly Edit[] = [
  [RECORD, 'version: CURSOR_VERSION,', 'version: 3, something_new: 1,'],
  [RECORD, 'refuseNewer(key, record, RESET_VERSION);', 'refuseNewer(key, record, 3);'],
  [RECORD, 'if (record.version === CURSOR_VERSION)', 'if (record.version === 1 || record.version === 3)'],
];

export type Command = (args: readonly string[], env: ConnectorEnvironment) => Promise<CommandResult>;

export async function newerConnector(edits: readonly Edit[]): Promise<Command> {
  const folder = await mkdtemp(join(tmpdir(), 'newer-connector-'));
  for (const name of ['bin', 'package.json', 'schemas', 'simulator', 'src'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const version: Edit = ['package.json', '"version": "', `"version": "${NEWER_VERSION}", "was": "`];
  for (const [file, find, replace] of [version, ...edits]) {
    const text = await readFile(join(folder, file), 'utf8');
    if (text.split(find).length !== 2) throw new Error(`expected ${file} to hold once: ${find}`);
    await writeFile(
      join(folder, file),
      text.replace(find, () => replace),
    );
  }
  const command = join(folder, 'bin/asana-audit-kafka');
  return (args, env) => runCommand({ command, args, env, timeoutMs: RUN_TIMEOUT_MS });
}
