import { canonicalJson } from '../canonical-json.ts';
import { isoTime } from '../clock.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../json.ts';
import type { ReadRecord } from '../kafka/read-to-end.ts';

export type Paint = (text: string, colour: 'faint' | 'strong') => string;

const CODES = { faint: ['\u001b[2m', '\u001b[22m'], strong: ['\u001b[1m', '\u001b[22m'] } as const;

export const plain: Paint = (text) => text;
export const coloured: Paint = (text, colour) => CODES[colour].join(text);

const MAX_NAME = 40;

/** One line for a person: time, type, actor, resource, address. */
export function eventLine(event: JsonObject, paint: Paint): string {
  const [actor, resource, context] = [
    objectOr(event.actor),
    objectOr(event.resource),
    objectOr(event.context),
  ];
  const parts = [
    paint(shown(event.created_at), 'faint'),
    paint(shown(event.event_type).padEnd(32), 'strong'),
    who(actor),
    what(resource),
    context.client_ip_address === undefined ? '' : `from ${shown(context.client_ip_address)}`,
  ];
  return parts.filter(Boolean).join('  ');
}

const who = (actor: JsonObject): string => shown(actor.email ?? actor.name ?? actor.gid ?? actor.actor_type);

function what(resource: JsonObject): string {
  if (Object.keys(resource).length === 0) return '';
  const name = resource.email ?? resource.name;
  const gid = resource.gid === undefined ? '' : ` ${shown(resource.gid)}`;
  return `on ${shown(resource.resource_type)}${gid}${typeof name === 'string' ? ` '${shown(name)}'` : ''}`;
}

/** A dead letter for a person: when, why, which event. */
export function deadLetterLine({ key, headers, timestampMs, offset }: ReadRecord, paint: Paint): string {
  const parts = [
    paint(isoTime(timestampMs), 'faint'),
    paint(shown(headers['error.code']).padEnd(32), 'strong'),
    key === null ? `no gid, offset ${offset}` : `gid ${shown(String(key))}`,
    shown(headers['error.message'], 200),
  ];
  return parts.join('  ');
}

/** The same for programs: the event as Asana sent it, with why it is no record. Throws SyntaxError where it is no JSON. */
export function deadLetterJson({ value, headers, timestampMs, offset }: ReadRecord): string {
  return canonicalJson({
    at: isoTime(timestampMs),
    offset,
    error_code: headers['error.code'] ?? null,
    error_message: headers['error.message'] ?? null,
    workspace_gid: headers.workspace_gid ?? null,
    event: parseJson(String(value)),
  });
}

const objectOr = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

// Controls, and what turns the direction of the text around: whoever names a task must not write to our terminal.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function shown(value: JsonValue | undefined, maxLength = MAX_NAME): string {
  if (value === undefined || value === null) return '-';
  const text = (typeof value === 'string' ? value : canonicalJson(value))
    .toWellFormed()
    .replace(UNSAFE, '\ufffd');
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}
