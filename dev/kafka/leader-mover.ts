/** Leaders that move from broker to broker, for tests of what happens in the middle of a send. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installedFolder, javaCommand } from '../java.ts';
import { superviseChild } from '../process.ts';

export interface LeaderMover {
  /** How many times all leaders were moved so far. */
  rounds(): number;
  stop(): Promise<void>;
}

/** Moves all leaders of `topic` every `pauseMs`, until it is stopped. Resolves with the first move. */
export async function startLeaderMover(
  bootstrapServers: string,
  topic: string,
  pauseMs: number,
): Promise<LeaderMover> {
  const libs = join(installedFolder('kafka'), 'libs', '*');
  const source = join(import.meta.dirname, 'LeaderMover.java');
  const child = spawn(
    javaCommand(undefined),
    ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', libs, source, bootstrapServers, topic, String(pauseMs)],
    { stdio: ['pipe', 'pipe', 'ignore'], detached: true },
  );
  const handle = await superviseChild(child, 'LeaderMover');
  let rounds = 0;
  const lines = createInterface({ input: child.stdout });
  const first = new Promise<void>((resolve, reject) => {
    lines.on('line', () => {
      rounds++;
      resolve();
    });
    handle.exited.then(() => reject(new Error('LeaderMover ended before it had moved a leader')));
  });
  await first;
  return {
    rounds: () => rounds,
    stop: async () => {
      child.stdin.end('stop\n');
      await handle.stop(5_000);
    },
  };
}
