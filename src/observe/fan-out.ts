import type { AsanaObserver } from '../asana/client.ts';
import type { GroupObserver } from '../group/membership.ts';
import type { StreamObserver } from '../stream/observer.ts';

/** Tells both what a stream tells. */
export const bothStreamObservers = (one: StreamObserver, other: StreamObserver): StreamObserver => ({
  sessionStarted: (...told) => tell(one.sessionStarted, other.sessionStarted, told),
  sessionEnded: (...told) => tell(one.sessionEnded, other.sessionEnded, told),
  pageRead: (...told) => tell(one.pageRead, other.pageRead, told),
  committed: (...told) => tell(one.committed, other.committed, told),
  refused: (...told) => tell(one.refused, other.refused, told),
  gapFound: (...told) => tell(one.gapFound, other.gapFound, told),
  gapWithdrawn: (...told) => tell(one.gapWithdrawn, other.gapWithdrawn, told),
  swept: (...told) => tell(one.swept, other.swept, told),
  positioned: (...told) => tell(one.positioned, other.positioned, told),
  catchingUp: (...told) => tell(one.catchingUp, other.catchingUp, told),
  halted: (...told) => tell(one.halted, other.halted, told),
  finished: (...told) => tell(one.finished, other.finished, told),
});

/** Tells both what a client of Asana tells. */
export const bothAsanaObservers = (one: AsanaObserver, other: AsanaObserver): AsanaObserver => ({
  requestEnded: (...told) => tell(one.requestEnded, other.requestEnded, told),
  requestFailed: (...told) => tell(one.requestFailed, other.requestFailed, told),
  requestRecovered: (...told) => tell(one.requestRecovered, other.requestRecovered, told),
});

/** Tells both what a member of the group tells. */
export const bothGroupObservers = (one: GroupObserver, other: GroupObserver): GroupObserver => ({
  joining: (...told) => tell(one.joining, other.joining, told),
  answered: (...told) => tell(one.answered, other.answered, told),
  assigned: (...told) => tell(one.assigned, other.assigned, told),
  lost: (...told) => tell(one.lost, other.lost, told),
  failed: (...told) => tell(one.failed, other.failed, told),
});

function tell<A extends unknown[]>(one: (...told: A) => void, other: (...told: A) => void, told: A): void {
  one(...told);
  other(...told);
}
