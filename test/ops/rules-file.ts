/** The alert rules as data. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const OPS = join(import.meta.dirname, '../../ops');
export const RULES_FILE = join(OPS, 'prometheus/asana-audit-kafka.rules.yml');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const alertRules: readonly AlertRule[] = parse(readFileSync(RULES_FILE, 'utf8')).groups.flatMap(
  ({ rules }: { rules: AlertRule[] }) => rules,
);

export const alertNames: readonly string[] = [...new Set(alertRules.map(({ alert }) => alert))];

/** The names of all metrics of ours in a text. */
export const metricsIn = (text: string): string[] => [...new Set(text.match(/\basana_audit_\w+/g))];
