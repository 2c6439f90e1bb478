import { type Clock, isoTime } from '../../clock.ts';
import type { ConnectorError } from '../../errors.ts';
import type { GroupObserver } from '../../group/membership.ts';
import { type GroupTable, streamsOf } from '../../group/protocol.ts';
import type { GroupStatus } from './document.ts';
import { publicMessage } from './public-message.ts';

interface Failure {
  readonly error: ConnectorError;
  readonly sinceMs: number;
}

/** Remembers of the group what the status shows. */
export class GroupRecord {
  readonly #clock: Clock;
  #steps = 0;
  #replica = '';
  #table: GroupTable = { replicas: [], unassigned: [] };
  #isMember = false;
  #assignedMs: number | undefined;
  #failure: Failure | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly observer: GroupObserver = {
    joining: (replica) => {
      this.#replica = replica;
    },
    answered: () => {
      this.#steps++;
      this.#failure = undefined;
    },
    assigned: ({ table }) => {
      this.#isMember = true;
      this.#table = table;
      this.#assignedMs = this.#clock.now();
    },
    lost: () => {
      this.#isMember = false;
    },
    failed: (error) => {
      this.#steps++;
      this.#failure = { error, sinceMs: this.#failure?.sinceMs ?? this.#clock.now() };
    },
  };

  /** All workspaces that any replica is configured with, as of the last assignment. */
  get streams(): string[] {
    return streamsOf(this.#table);
  }

  /** Another one after each step of the loop. */
  get mark(): string {
    return String(this.#steps);
  }

  read(): GroupStatus {
    const { error, sinceMs = 0 } = this.#failure ?? {};
    return {
      state: this.#isMember ? 'member' : 'joining',
      replica: this.#replica,
      ...this.#table,
      assigned_at: this.#assignedMs === undefined ? null : isoTime(this.#assignedMs),
      last_error: error
        ? {
            code: error.code,
            message: publicMessage(error),
            next_step: error.nextStep,
            since: isoTime(sinceMs),
          }
        : null,
    };
  }
}
