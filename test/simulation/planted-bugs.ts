/** Bugs that were never in the connector, each with the invariant that one would name: what the simulation must catch. */

import type { Invariant } from '../../src/verify/violation.ts';
import { AGAIN_AND_LATE_BUGS } from './planted-again-and-late-bugs.ts';
import { FLEET_BUGS } from './planted-fleet-bugs.ts';
import { REFUSAL_BUGS } from './planted-refusal-bugs.ts';
import { WINDOW_BUGS } from './planted-window-bugs.ts';

export interface Edit {
  /** Below `src`. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface PlantedBug {
  readonly name: string;
  readonly caughtBy: Invariant;
  /** Among which seeds it is looked for; all where undefined. */
  readonly seeds?: 'fleets';
  readonly edits: readonly Edit[];
}

const COMMITTER = 'stream/committer.ts';
const SESSION = 'kafka/session.ts';
const WRITER = 'kafka/writer.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'state outside of the transaction, behind it',
    caughtBy: 'no-duplicate',
    edits: [
      {
        file: COMMITTER,
        find: 'await this.#writeState(tx, cursor, gaps);\n    });',
        replace: '});\n    await session.transact((tx) => this.#writeState(tx, cursor, gaps));',
      },
    ],
  },
  {
    name: 'cursor advanced before the commit of what it counts',
    caughtBy: 'no-loss',
    edits: [
      {
        file: COMMITTER,
        find: 'let cursor = moved;\n',
        replace:
          'let cursor = moved;\n    await session.transact((tx) => this.#writeState(tx, moved, gaps));\n',
      },
    ],
  },
  {
    name: 'dead letter outside of the transaction',
    caughtBy: 'cursor-agrees',
    edits: [
      {
        file: COMMITTER,
        find: 'const deadLettersEnd = await this.#writeDeadLetters(tx, deadLetters);',
        replace: 'const deadLettersEnd = undefined;',
      },
      {
        file: COMMITTER,
        find: 'await this.#writeState(tx, cursor, gaps);\n    });',
        replace:
          'await this.#writeState(tx, cursor, gaps);\n    });\n    await session.transact(async (tx) => void (await this.#writeDeadLetters(tx, deadLetters)));',
      },
    ],
  },
  {
    name: 'no fencing: each session has a transactional id of its own',
    caughtBy: 'no-zombie',
    edits: [
      {
        file: 'workspace-session.ts',
        find: 'transactionalId(connectorName, workspaceGid),\n',
        replace: 'transactionalId(connectorName, workspaceGid) + ports.newSessionId(),\n',
      },
    ],
  },
  {
    name: 'reading the state before fencing',
    caughtBy: 'no-duplicate',
    edits: [
      {
        file: SESSION,
        find: '  const tx = await producer.begin();\n',
        replace: `  const early = new Map<string, Buffer | null>();
  for (const partition of partitions) {
    for await (const batch of ports.kafka.fetchCommitted(location.topic, partition, 'earliest', signal)) {
      for (const { key, value } of batch.records) early.set(String(key), value);
      if (batch.nextOffset >= batch.lastStableOffset) break;
    }
  }
  const tx = await producer.begin();
`,
      },
      {
        file: SESSION,
        find: 'return new Map((await Promise.all(reads)).flatMap((read) => [...read]));',
        replace: 'await Promise.all(reads);\n  return early;',
      },
    ],
  },
  {
    name: 'reading the state up to the last stable offset only',
    caughtBy: 'no-duplicate',
    edits: [
      {
        file: SESSION,
        find: 'for await (const { records } of kafka.fetchCommitted(',
        replace: 'for await (const { records, nextOffset, lastStableOffset } of kafka.fetchCommitted(',
      },
      {
        file: SESSION,
        find: 'return state;\n      }\n    }\n',
        replace: 'return state;\n      }\n      if (nextOffset >= lastStableOffset) return state;\n    }\n',
      },
    ],
  },
  {
    name: 'reuse after a failed commit: the commit again',
    caughtBy: 'no-dead-producer-used',
    edits: [
      {
        file: SESSION,
        find: '    await tx.commit();\n  }\n',
        replace: '    await tx.commit().catch(() => tx.commit());\n  }\n',
      },
    ],
  },
  {
    name: 'a failed commit taken for a commit',
    caughtBy: 'reported-is-committed',
    edits: [
      {
        file: SESSION,
        find: '    await tx.commit();\n  }\n',
        replace: '    await tx.commit().catch(() => {});\n  }\n',
      },
    ],
  },
  {
    name: 'one send over several partitions',
    caughtBy: 'no-loss',
    edits: [
      {
        file: WRITER,
        find: 'Map.groupBy(records, ({ partition }) => partition)',
        replace: 'Map.groupBy(records, () => records[0]?.partition ?? 0)',
      },
      { file: WRITER, find: 'answers.length === 1 &&', replace: 'answers.length >= 1 &&' },
      { file: WRITER, find: 'answer.partition === this.partition &&', replace: '' },
    ],
  },
  {
    name: 'what a send says is not checked',
    caughtBy: 'no-loss',
    edits: [
      {
        file: WRITER,
        find: 'if (confirmed) return answer.baseOffset;',
        replace: 'if (confirmed || answers) return answer?.baseOffset ?? 0;',
      },
    ],
  },
  {
    name: 'the last event of a page dropped',
    caughtBy: 'no-loss',
    edits: [
      {
        file: COMMITTER,
        find: 'const events = page.events.filter((event) => this.#known.isNew(event, before));',
        replace:
          'const events = page.events.filter((event) => this.#known.isNew(event, before)).slice(0, -1);',
      },
    ],
  },
  {
    name: 'an overlap of zero: start_at just after the watermark',
    caughtBy: 'no-loss',
    edits: [
      {
        file: 'stream/chain.ts',
        find: "return { chain: catchUp(cursor.watermarkMs, scope, nowMs), cause: 'restart' };",
        replace: "return { chain: catchUp(cursor.watermarkMs + 1, scope, nowMs), cause: 'restart' };",
      },
    ],
  },
  {
    name: 'the watermark follows events that are dated in the future',
    caughtBy: 'no-loss',
    edits: [
      {
        file: 'stream/cursor.ts',
        find: 'lastUpTo(page.asOfMs, page.events),',
        replace: 'page.events.at(-1)?.createdAtMs,',
      },
    ],
  },
  {
    name: 'a refused offset taken for the end',
    caughtBy: 'caught-up',
    edits: [
      {
        file: 'stream/follow.ts',
        find: "return { cause: 'offset-refused', livePages, ...lessons };",
        replace: 'return undefined;',
      },
    ],
  },
  {
    name: 'a short page taken for the end of a window',
    caughtBy: 'no-loss',
    edits: [
      {
        file: 'stream/chain.ts',
        find: 'if (page.count === 0) return end(chain);',
        replace: 'if (page.count < SMALLEST_FULL_PAGE) return end(chain);',
      },
    ],
  },
  ...AGAIN_AND_LATE_BUGS,
  ...REFUSAL_BUGS,
  ...WINDOW_BUGS,
  ...FLEET_BUGS,
  {
    name: 'properties that the schema does not know are dropped',
    caughtBy: 'fidelity',
    edits: [
      {
        file: 'avro/to-event.ts',
        find: 'for (const [name, text] of Object.entries(fields.additional_properties)) object[name] = parseJson(text);',
        replace: '',
      },
    ],
  },
  {
    name: 'the reader enters one aborted transaction at a time',
    caughtBy: 'nothing-aborted-visible',
    edits: [
      {
        file: 'kafka/committed-records.ts',
        find: 'aborting.add(next.producerId);',
        replace: 'aborting.clear();\n      aborting.add(next.producerId);',
      },
    ],
  },
  {
    name: 'the request budget allows twice as much',
    caughtBy: 'request-budget',
    edits: [
      { file: 'asana/budget.ts', find: 'const JITTER_GUARD = 1.01;', replace: 'const JITTER_GUARD = 0.5;' },
    ],
  },
  {
    name: 'pages are read ahead without a bound',
    caughtBy: 'bounded-memory',
    edits: [
      {
        file: 'stream/reader.ts',
        find: '      next = pages.next();\n      // Its',
        replace:
          '      for (let ahead = 0; ahead < 3; ahead++) queue.push(pages.next());\n      for (const each of queue) each.catch(() => {});\n      next = queue.shift() ?? pages.next();\n      // Its',
      },
      {
        file: 'stream/reader.ts',
        find: '  let next = pages.next();\n',
        replace: '  const queue: ReturnType<typeof pages.next>[] = [];\n  let next = pages.next();\n',
      },
    ],
  },
];
