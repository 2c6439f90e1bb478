import type { StatusDocument } from '../status/document.ts';

export interface Headline {
  readonly tone: 'good' | 'busy' | 'bad';
  readonly shape: string;
  readonly text: string;
  readonly detail: string;
}

export function headline(document: StatusDocument): Headline;
