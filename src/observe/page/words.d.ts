import type {
  BudgetStatus,
  Concern,
  GapStatus,
  GroupStatus,
  Note,
  StatusDocument,
  StreamStatus,
} from '../status/document.ts';

export function duration(seconds: number): string;
export function count(number: number): string;
export function things(number: number, one: string, many?: string): string;
export function rate(perSecond: number): string;
export function percent(ratio: number): string;
export function isTroubled(stream: StreamStatus): boolean;
export function stateWord(stream: StreamStatus): string;
export function shapeOf(stream: StreamStatus): string;
export function sentence(stream: StreamStatus, document: StatusDocument): string;
export function lag(stream: StreamStatus): string;
export function gapSentence(gap: GapStatus, time: (iso: string) => string): string;
export function replicaSentence(replica: GroupStatus['replicas'][number], group: GroupStatus): string;
export function unassignedSentence(group: GroupStatus): string | undefined;
export function nextStepOf(of: Concern | Note): string | undefined;
export function budgetSentence(budget: BudgetStatus, document: StatusDocument): string;
export function isUsedUp(budget: BudgetStatus): boolean;
export function byUrgency(streams: readonly StreamStatus[]): StreamStatus[];
