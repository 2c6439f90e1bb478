/** The times of the events from before the simulator's start. */

import { type GroupPlan, planGroups } from './groups.ts';
import { type RandomStream, randomStream } from './random.ts';
import { Timeline } from './timeline.ts';

export interface BacklogPlan {
  readonly seed: number;
  readonly events: number;
  readonly days: number;
  readonly burst: number;
  readonly eventsPerMillisecond: number;
  readonly milliseconds: 'spread' | 'consecutive';
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** All times lie in the `days` before `startMs`. */
export function buildBacklog(plan: BacklogPlan, startMs: number): Timeline {
  const timeline = new Timeline(plan.events);
  const random = randomStream(plan.seed);
  const groups = planGroups(plan.eventsPerMillisecond, plan.burst, random);
  const fromMs = Math.floor(startMs - plan.days * DAY_MS);
  const placeGroup =
    plan.eventsPerMillisecond > 0
      ? placeForced(plan, fromMs, startMs)
      : placeByActivity(plan.events, fromMs, startMs, random);
  while (timeline.length < plan.events) {
    const { size, isBulk } = takeGroup(groups, plan.events - timeline.length);
    const timeMs = placeGroup(timeline.length);
    for (let count = 0; count < size; count += 1) timeline.append(timeMs, isBulk);
  }
  return timeline;
}

function takeGroup(groups: GroupPlan, room: number): { size: number; isBulk: boolean } {
  const group = groups.next();
  return { size: Math.min(group.size, room), isBulk: group.isBulk };
}

/** Groups in one millisecond after the other from the beginning, or at even distances over the whole span. */
function placeForced(plan: BacklogPlan, fromMs: number, startMs: number): (count: number) => number {
  const groupCount = Math.ceil(plan.events / plan.eventsPerMillisecond);
  const stepMs = plan.milliseconds === 'consecutive' ? 1 : Math.max(1, (startMs - fromMs) / groupCount);
  return (count) => fromMs + Math.floor((count / plan.eventsPerMillisecond) * stepMs);
}

/** Times whose density follows {@link activityAt}: the event's rank, a little shaken, through the inverse of its sum. */
function placeByActivity(
  events: number,
  fromMs: number,
  startMs: number,
  random: RandomStream,
): (count: number) => number {
  const stepMs = Math.min(HOUR_MS, (startMs - fromMs) / 48);
  const steps = Math.floor((startMs - fromMs) / stepMs);
  const weights = Array.from({ length: steps }, (_, step) => activityAt(fromMs + step * stepMs));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let step = 0;
  let before = 0;
  let lastMs = fromMs;
  return (count) => {
    const target = ((count + random()) / events) * total;
    while (step < steps - 1 && before + (weights[step] ?? 0) <= target) {
      before += weights[step] ?? 0;
      step += 1;
    }
    const within = Math.min((target - before) / (weights[step] ?? 1), 0.999);
    lastMs = Math.max(lastMs, Math.floor(fromMs + (step + Math.max(within, 0)) * stepMs));
    return lastMs;
  };
}

/** Working hours of a company around Greenwich, in relative terms: quiet nights, quieter weekends. */
function activityAt(timeMs: number): number {
  const date = new Date(timeMs);
  const hour = date.getUTCHours();
  if (date.getUTCDay() % 6 === 0) return hour >= 8 && hour < 22 ? 0.06 : 0.02;
  if (hour >= 8 && hour < 11) return 1.3;
  if (hour >= 11 && hour < 18) return 1;
  return hour >= 18 && hour < 22 ? 0.2 : 0.05;
}

/** Whether people are at work at that time; decides which types of event are likely. */
export const isOfficeTime = (timeMs: number): boolean => activityAt(timeMs) >= 1;
