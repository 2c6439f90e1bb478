/** Bugs in how replicas share the streams: looked for among the seeds that are fleets. */

import type { PlantedBug } from './planted-bugs.ts';

export const FLEET_BUGS: readonly PlantedBug[] = [
  {
    name: 'a transactional id for each replica, instead of one for each stream',
    caughtBy: 'no-zombie',
    seeds: 'fleets',
    edits: [
      {
        file: 'workspace-session.ts',
        find: 'transactionalId(connectorName, workspaceGid),\n',
        // In the simulation, what a session is called begins with its process.
        replace: "transactionalId(connectorName, workspaceGid) + ports.newSessionId().split('.')[0],\n",
      },
    ],
  },
  {
    name: 'another session is begun without the word of the group',
    caughtBy: 'one-owner',
    seeds: 'fleets',
    edits: [
      { file: 'stream/stream.ts', find: '    await stillOurs(signal);\n', replace: '    void stillOurs;\n' },
    ],
  },
  {
    name: 'who has given a stream up does not join again',
    caughtBy: 'one-owner',
    seeds: 'fleets',
    edits: [
      {
        file: 'group/membership.ts',
        find: '.then(() => isOver && givenUp.abort());',
        replace: '.then(() => isOver && givenUp);',
      },
    ],
  },
];
