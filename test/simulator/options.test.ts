import { expect, test } from 'vitest';
import { parseSimulatorFlags, simulatorDefaults, simulatorFlags } from '../../simulator/options.ts';
import { startSimulator } from '../../simulator/server.ts';

const optionsOf = (...argv: string[]) => {
  const parsed = parseSimulatorFlags(argv);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.options;
};

const problemsOf = (...argv: string[]) => {
  const parsed = parseSimulatorFlags(argv);
  return 'problems' in parsed ? parsed.problems : [];
};

test('without flags the command has the defaults, on port 8079', () => {
  expect(optionsOf()).toEqual({ ...simulatorDefaults, port: 8_079 });
});

test.each([
  [['--offset-lifetime', '3s'], { offsetLifetimeMs: 3_000 }],
  [['--latency=500ms'], { latencyMs: 500 }],
  [['--retention', '90d', '--late-by', '1.5h'], { retentionMs: 7_776_000_000, lateByMs: 5_400_000 }],
  [['--offset-lifetime', 'none'], { offsetLifetimeMs: 0 }],
  [['--clock-skew=-5m'], { clockSkewMs: -300_000 }],
  [['--clock-skew', '-5m'], { clockSkewMs: -300_000 }],
  [['--workspaces', '11,22'], { workspaces: ['11', '22'] }],
  [['--gzip', '--revoked', 'off', '--date-header=off'], { gzip: true, revoked: false, dateHeader: false }],
  [['--fault-kinds', '500,hang'], { faultKinds: ['500', 'hang'] }],
  [['--events-per-millisecond', '3000', '--milliseconds', 'consecutive'], { eventsPerMillisecond: 3_000 }],
  [['--events', '10', '--events', '20'], { events: 20 }],
])('%j is understood', (argv, expected) => {
  expect(optionsOf(...argv)).toMatchObject(expected);
});

test('every bad flag is reported by name, with what was expected', () => {
  expect(
    problemsOf(
      '--rate',
      'fast',
      '--next-page',
      'never',
      '--evnts',
      '5',
      '--offset-lifetime',
      '3',
      '--seed',
      '1.5',
    ),
  ).toEqual([
    '--evnts: not a flag of simulate; simulate --help lists them all',
    '5: not a flag of simulate; simulate --help lists them all',
    '--rate: expected a number from 0 to 1000000, got "fast"',
    '--next-page: expected one of always, with-limit, until-exhausted, with-limit-until-exhausted, got "never"',
    '--offset-lifetime: expected a duration such as 500ms, 3s, 5m or 90d, got "3"',
    '--seed: expected a whole number from 0 to 4294967295, got "1.5"',
  ]);
});

test.each([
  [['--events'], '--events: a value is missing; expected a whole number from 0 to 100000000'],
  [['--events', '--gzip'], '--events: a value is missing; expected a whole number from 0 to 100000000'],
  [
    ['--workspaces', '11,x'],
    '--workspaces: expected between 1 and 100 different gids (digits), comma-separated, got "11,x"',
  ],
  [
    ['--workspaces', '11,11'],
    '--workspaces: expected between 1 and 100 different gids (digits), comma-separated, got "11,11"',
  ],
  [['--fault-kinds', '500,flood'], /^--fault-kinds: expected a comma-separated list of 500, 502/],
  [['--faults', '4%'], '--faults: expected a number from 0 to 1, got "4%"'],
  [['--retention', '0'], '--retention: expected a duration such as 500ms, 3s, 5m or 90d, above 0, got "0"'],
])('%j is refused', (argv, problem) => {
  expect(problemsOf(...argv)).toEqual([
    typeof problem === 'string' ? problem : expect.stringMatching(problem),
  ]);
});

test('the flag list for --help has every option with its default, durations readable', () => {
  expect(simulatorFlags).toHaveLength(Object.keys(simulatorDefaults).length);
  const lines = new Map(simulatorFlags.map((flag) => [flag.flag, flag.default]));
  expect([
    lines.get('--retention'),
    lines.get('--port'),
    lines.get('--date-header'),
    lines.get('--late-by'),
  ]).toEqual(['90d', '8079', 'on', '1m']);
});

test('each default is what its own option accepts', () => {
  const argv = simulatorFlags
    .filter(({ default: value }) => value !== '')
    .map(({ flag, default: value }) => `${flag}=${value}`);
  expect(optionsOf(...argv)).toEqual({ ...simulatorDefaults, port: 8_079 });
});

test('startSimulator refuses wrong options by name', async () => {
  await expect(startSimulator({ faults: 7, pageSize: 0 })).rejects.toThrow(
    'simulator: --faults: expected a number from 0 to 1, got 7; --page-size: expected a whole number from 1 to 100000, got 0',
  );
});

test('a port that is in use is named', async () => {
  const first = await startSimulator({ events: 0 });
  const port = Number(new URL(first.baseUrl).port);
  await expect(startSimulator({ events: 0, port })).rejects.toThrow(`127.0.0.1:${port}: the port is in use`);
  await first.close();
});
