/** The committed dashboards, as far as tests look at them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPS } from './rules-file.ts';

export interface PlacedPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly datasource: { readonly uid: string };
  }[];
}

interface Dashboard {
  readonly panels: readonly PlacedPanel[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

export const readDashboard = (file: string): Dashboard =>
  JSON.parse(readFileSync(join(OPS, 'grafana/dashboards', file), 'utf8'));

export const dashboardPanels = (file: string): readonly PlacedPanel[] => readDashboard(file).panels;
