import { expect, test } from 'vitest';
import { Crew } from '../../src/group/crew.ts';

const STREAMS = new Map([
  [0, ['111', '112']],
  [1, ['121']],
  [2, ['131']],
]);

/** A crew whose streams end when the test says so, and whose other ports throw what it is given. */
function startCrew(defect?: Error) {
  const log: string[] = [];
  const stop = new AbortController();
  const ends = new Map<string, () => void>();
  const counts: number[] = [];
  const crew = new Crew(
    STREAMS,
    {
      run: (stream, signal) => {
        log.push(`begins ${stream}`);
        signal.addEventListener('abort', () => log.push(`is to stop ${stream}`));
        return new Promise((resolve) => ends.set(stream, resolve));
      },
      givenUp: (stream) => {
        log.push(`given up ${stream}`);
        if (defect) throw defect;
      },
      changed: (running) => {
        counts.push(running.size);
        if (defect) throw defect;
      },
    },
    stop.signal,
  );
  const end = async (...streams: string[]) => {
    for (const stream of streams) ends.get(stream)?.();
    await settled();
  };
  return { crew, log, stop, end, counts, lines: () => log.splice(0) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('it runs the streams of the partitions that it gets, and says how many run', async () => {
  const { crew, lines, counts } = startCrew();
  await crew.take([0, 1]);
  expect(lines()).toEqual(['begins 111', 'begins 112', 'begins 121']);
  expect(crew.partitions).toEqual([0, 1]);
  expect(counts.at(-1)).toBe(3);
});

test('a stream that stays is not touched', async () => {
  const { crew, lines } = startCrew();
  await crew.take([0, 1]);
  lines();
  await crew.take([1, 0, 2]);
  expect(lines()).toEqual(['begins 131']);
});

test('a partition is given up only once nothing of it goes on, and is claimed until then', async () => {
  const { crew, lines, end } = startCrew();
  await crew.take([0, 1]);
  lines();
  let isGivenUp = false;
  crew.take([1]).then(() => {
    isGivenUp = true;
  });
  await end('111');
  expect(lines()).toEqual(['is to stop 111', 'is to stop 112']);
  expect(crew.partitions).toEqual([0, 1]);
  expect(isGivenUp).toBe(false);

  await end('112');
  expect(lines()).toEqual(['given up 111', 'given up 112']);
  expect(crew.partitions).toEqual([1]);
  expect(isGivenUp).toBe(true);
});

test('one that is given back while it is being stopped begins again, and not before it has stopped', async () => {
  const { crew, lines, end } = startCrew();
  await crew.take([1]);
  crew.take([]);
  crew.take([1]);
  lines();
  await end('121');
  expect(lines()).toEqual(['given up 121', 'begins 121']);
  expect(crew.partitions).toEqual([1]);
});

test('a stream that has ended by itself is not begun again while its partition stays, and does not count as running', async () => {
  const { crew, lines, end, counts } = startCrew();
  await crew.take([0]);
  await end('111');
  lines();
  await crew.take([0, 1]);
  expect(lines()).toEqual(['begins 121']);
  expect(counts.at(-1)).toBe(2);
  expect(crew.partitions).toEqual([0, 1]);
});

test('the signal stops all, and nothing begins after it', async () => {
  const { crew, lines, end, stop } = startCrew();
  await crew.take([0, 1]);
  lines();
  stop.abort();
  expect(lines()).toEqual(['is to stop 111', 'is to stop 112', 'is to stop 121']);
  await crew.take([0, 1, 2]);
  const ended = crew.take([]);
  await end('111', '112', '121', '131');
  await ended;
  expect(lines().filter((line) => line.startsWith('begins'))).toEqual([]);
  expect(crew.partitions).toEqual([]);
});

test('each assignment is said, also one that changes nothing here: the shares of the budgets depend on what others run', async () => {
  const { crew, counts } = startCrew();
  await crew.take([1]);
  const before = counts.length;
  await crew.take([1]);
  expect(counts.slice(before)).toEqual([1]);
});

test('what its ports throw keeps nothing from being run, stopped and given up, and is there to be asked for', async () => {
  const defect = new Error('a defect');
  const { crew, lines, end } = startCrew(defect);
  await crew.take([0]);
  expect(lines()).toEqual(['begins 111', 'begins 112']);
  expect(crew.broken.reason).toBe(defect);
  const ended = crew.take([]);
  await end('111', '112');
  await ended;
  expect(lines().filter((line) => line.startsWith('given up'))).toEqual(['given up 111', 'given up 112']);
  expect(crew.partitions).toEqual([]);
});

test('a stream that throws is one that has ended, and breaks the crew', async () => {
  const defect = new Error('a defect');
  const ports = { run: () => Promise.reject(defect), givenUp: () => {}, changed: () => {} };
  const crew = new Crew(STREAMS, ports, new AbortController().signal);
  await crew.take([0]);
  await settled();
  expect(crew.broken.reason).toBe(defect);
  await crew.take([]);
  expect(crew.partitions).toEqual([]);
});
