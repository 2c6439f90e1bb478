/** Makes the replicas of a fleet come and go. */

import type { Fleet } from './fleet.ts';
import type { Move } from './plan-replicas.ts';
import type { World } from './world.ts';

export function makeMove(move: Move, world: World, fleet: Fleet): void {
  const { time, trace, coverage } = world;
  trace.note(`move: ${JSON.stringify(move)}`);
  coverage.reach(`move: ${move.kind}`);
  switch (move.kind) {
    case 'replica joins':
      fleet.open();
      break;
    case 'replica leaves':
      fleet.close(fleet.pick(), move.by);
      break;
    case 'replica is replaced': {
      const [oldest] = fleet.posts;
      fleet.open();
      if (oldest) fleet.close(oldest, 'SIGTERM');
      break;
    }
    case 'replica stands still': {
      const process = fleet.pick().instance?.process;
      process?.stop();
      time.after(move.forMs, () => process?.continue());
      break;
    }
    case 'group unreachable':
      cutOff(move.of === 'one' ? [fleet.pick()] : fleet.posts, move.forMs, world);
      break;
  }
}

/** What runs there by then does not reach the group's coordinator, but all else. */
function cutOff(posts: Fleet['posts'], forMs: number, { time, disturbance }: World): void {
  const names = posts.flatMap(({ instance }) => instance?.process.name ?? []);
  for (const name of names) disturbance.cutOff.add(name);
  time.after(forMs, () => {
    for (const name of names) disturbance.cutOff.delete(name);
  });
}
