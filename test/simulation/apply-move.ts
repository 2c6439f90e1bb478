/** Makes the replicas of a fleet come and go. */

import type { Fleet } from './fleet.ts';
import type { Move } from './plan-replicas.ts';
import type { Post } from './post.ts';
import type { CallStep, Trap } from './process.ts';
import type { World } from './world.ts';

const ARM_EVERY_MS = 1_000;
const ARMED_FOR_MS = 20_000;

export function makeMove(move: Move, world: World, fleet: Fleet): void {
  const { time, trace, coverage } = world;
  trace.note(`move: ${JSON.stringify(move)}`);
  const reached = () => coverage.reach(`move: ${move.kind}`);
  // Those that wait for a step are counted when it is reached.
  if (!move.kind.startsWith('replica is killed')) reached();
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
    case 'replica is killed while handing over':
      killOneHandingOver(move.step, world, fleet, reached);
      fleet.open();
      break;
    case 'replica is killed in its stop': {
      const post = fleet.pick();
      trap(post, { operation: move.operation, step: 'called' }, () => {
        reached();
        post.kill();
      });
      post.terminate();
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

/** Whoever has to give something up next, for the one that joins or otherwise; also one that is started only meanwhile. */
function killOneHandingOver(step: CallStep, { time, plan }: World, fleet: Fleet, reached: () => void): void {
  const untilMs = Math.min(time.nowMs + ARMED_FOR_MS, plan.faultMs);
  let isOver = false;
  const arm = () => {
    if (isOver || time.nowMs >= untilMs) return;
    for (const post of fleet.posts) trap(post, { operation: 'hand over', step }, kill);
    time.after(ARM_EVERY_MS, arm);
  };
  const kill = (post: Post) => {
    if (isOver) return;
    isOver = true;
    reached();
    post.kill();
  };
  arm();
}

/** For what runs there now; what looks after it starts it again. */
function trap(post: Post, where: Pick<Trap, 'operation' | 'step'>, act: (post: Post) => void): void {
  const process = post.instance?.process;
  process?.setTrap({ ...where, spring: () => post.instance?.process === process && act(post) });
}

/** What runs there by then does not reach the group's coordinator, but all else. */
function cutOff(posts: Fleet['posts'], forMs: number, { time, disturbance }: World): void {
  const names = posts.flatMap(({ instance }) => instance?.process.name ?? []);
  for (const name of names) disturbance.cutOff.add(name);
  time.after(forMs, () => {
    for (const name of names) disturbance.cutOff.delete(name);
  });
}
