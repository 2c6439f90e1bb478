/** How the demo looks: text from values, no IO. */

import { committedPerSecond, type Sample } from './sample.ts';

export type Addresses = Record<string, string>;

export type Screen = {
  title: string;
  samples: readonly Sample[];
  /** One line each, newest first. */
  latestEvents: readonly string[];
  addresses: Addresses;
  width: number;
};

const BAR_WIDTH = 30;

/** One line for a log: where the connector is now. */
export function renderProgress(samples: readonly Sample[]): string {
  const last = samples.at(-1);
  if (!last) return 'nothing seen yet';
  const rate = formatCount(committedPerSecond(samples));
  const progress = `${formatCount(last.committed)} of ${formatCount(last.visible)} events committed`;
  return `${progress}, ${rate} events/s, lag ${formatLag(last.lagSeconds)}, requests ${renderRequests(last)}`;
}

/** The whole screen, each line cut to the width of the terminal. */
export function renderScreen(screen: Screen): string {
  const { title, samples, latestEvents, addresses, width } = screen;
  const last = samples.at(-1);
  const lines = [title, ''];
  if (last) {
    lines.push(
      `  committed   ${renderBar(last)}  ${formatCount(last.committed)} of ${formatCount(last.visible)} events`,
      `  rate        ${formatCount(committedPerSecond(samples))} events/s`,
      `  lag         ${formatLag(last.lagSeconds)}`,
      `  requests    ${renderRequests(last)}`,
      '',
    );
  }
  lines.push('  latest events in Kafka', ...latestEvents.map((event) => `    ${event}`), '');
  lines.push(...renderAddresses(addresses));
  return lines.map((line) => cut(line, width)).join('\n');
}

export function renderAddresses(addresses: Addresses): string[] {
  const nameWidth = Math.max(...Object.keys(addresses).map((name) => name.length));
  return Object.entries(addresses).map(([name, address]) => `  ${name.padEnd(nameWidth)}  ${address}`);
}

/** One line for a decoded audit event, whatever it holds. */
export function renderEvent(event: unknown): string {
  const { created_at, event_type, actor, resource } = fieldsOf(event);
  const time = typeof created_at === 'number' ? new Date(created_at).toISOString() : '(no time)';
  const what = `${renderEntity(actor, 'actor_type')} → ${renderEntity(resource, 'resource_type')}`;
  // Names come from whoever uses Asana: a control character or a change of direction in one must not steer this terminal.
  return `${time}  ${String(event_type).padEnd(28)}  ${what}`
    .replaceAll(/\p{Cc}/gu, '?')
    .replaceAll(/\p{Cf}/gu, '');
}

function renderEntity(entity: unknown, typeField: string): string {
  const fields = fieldsOf(entity);
  const type = fields[typeField];
  const name = fields.name ?? fields.gid;
  return [type, name].filter((part) => typeof part === 'string').join(' ') || '-';
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function renderRequests({ requestsByStatus }: Sample): string {
  const entries = Object.entries(requestsByStatus);
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  const others = entries.filter(([status]) => status !== '200');
  const detail = others.map(([status, count]) => `${formatCount(count)} × ${status}`).join(', ');
  return detail ? `${formatCount(total)} (${detail})` : formatCount(total);
}

function renderBar({ committed, visible }: Sample): string {
  const share = visible > 0 ? Math.min(1, committed / visible) : 0;
  const filled = Math.floor(share * BAR_WIDTH);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${percent}`;
}

export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

export function formatLag(seconds: number | undefined): string {
  if (seconds === undefined) return 'unknown';
  if (seconds < 1) return 'none';
  const units = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const parts: string[] = [];
  let rest = Math.floor(seconds);
  for (const [size, unit] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 || parts.length > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(' ');
}

function cut(line: string, width: number): string {
  const characters = [...line];
  return characters.length <= width ? line : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
