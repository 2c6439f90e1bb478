import type { ClientPorts } from '../clients.ts';
import { describe } from '../errors.ts';
import type { Log } from '../log.ts';
import type { CommandContext } from './command.ts';

/** For commands that read once and end: no metrics, a line where Asana keeps failing. */
export function quietClientPorts({ clock, random }: CommandContext, log: Log): ClientPorts {
  return {
    clock,
    random,
    log,
    onBudgetWait: () => {},
    watchRequests: () => ({
      requestEnded: () => {},
      requestFailed: (error, attempt, waitMs) => {
        if (waitMs !== undefined && attempt === 2) log.say('asana-failing', describe(error));
      },
      requestRecovered: () => {},
    }),
  };
}

export interface Progress {
  readonly show: (doing: string, count: number) => void;
  readonly end: () => void;
}

const COUNT_STEP = 10_000;

/** One line that grows in a terminal, nothing elsewhere. */
export function createProgress(stream: { write(text: string): unknown; isTTY?: boolean }): Progress {
  if (!stream.isTTY) return { show: () => {}, end: () => {} };
  let shown = '';
  return {
    show: (doing, count) => {
      const line = `${Math.floor(count / COUNT_STEP) * COUNT_STEP} ${doing}`;
      if (line === shown) return;
      shown = line;
      stream.write(`\r\u001b[K${count.toLocaleString('en')} ${doing}`);
    },
    end: () => stream.write('\r\u001b[K'),
  };
}
