import { expect, test } from 'vitest';
import { runConnector } from '../support/connector.ts';

/** Complete, and of services that nobody may be asked at: what is wrong with a command line is said before. */
const ENVIRONMENT = {
  PATH: process.env.PATH ?? '',
  ASANA_BASE_URL: 'http://127.0.0.1:9/api/1.0',
  ASANA_TOKEN: 'a-token',
  ASANA_WORKSPACES: '11,22',
  KAFKA_BROKERS: '127.0.0.1:9',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9',
};
const COMMANDS = ['run', 'check', 'status', 'offsets', 'tail', 'verify', 'simulate'];
const tomorrow = new Date(Date.now() + 86_400_000).toISOString();

test.concurrent.each<[string[], RegExp]>([
  [['follow'], /'follow' is not a command; there are run, check, status, offsets, tail, verify, simulate/],
  [['chekc'], /'chekc' is not a command; did you mean check\?/],
  [['Verify'], /'Verify' is not a command; did you mean verify\?/],
  [['--run'], /'--run' is not a command/],
  [['toString'], /'toString' is not a command/],
  [['run', '--foo'], /--foo is not an option here; there are --until-caught-up, --help/],
  [['run', '--until-caught-upp'], /did you mean --until-caught-up\?/],
  [['run', '--until-caught-up=yes'], /--until-caught-up: takes no value/],
  [['run', '-x'], /-x is not an option here/],
  [['check', 'now'], /nothing takes the argument 'now'/],
  [['check', '--jsn'], /did you mean --json\?/],
  [['verify', '--from', 'yesterday'], /--from: expected a time such as .*, got 'yesterday'/],
  [['verify', '--to', '2026-02-30T00:00:00Z'], /--to: expected a time such as/],
  [['verify', '--from'], /--from: expected a value behind it/],
  [['verify', '--from', '--to'], /--from: expected a value behind it/],
  [
    ['verify', '--from', '2026-01-02T00:00:00Z', '--to', '2026-01-01T00:00:00Z'],
    /--to: expected a time after --from/,
  ],
  [['verify', '--ledger', '--to', '2026-01-01T00:00:00Z'], /--ledger: takes no --from and no --to/],
  [['offsets'], /expected get, set or reset, got ''/],
  [['offsets', 'gett'], /expected get, set or reset, got 'gett'; did you mean get\?/],
  [['offsets', 'get', 'all'], /nothing takes the argument 'all'/],
  [['offsets', 'get', '--yes'], /--yes is not an option here/],
  [
    ['offsets', 'get', '--workspace', '33'],
    /--workspace: expected one of ASANA_WORKSPACES \(11,22\), got '33'/,
  ],
  [['offsets', 'set'], /--to is missing/],
  [['offsets', 'set', '--to', 'now', '--yes'], /--to: expected a time such as/],
  [['offsets', 'set', '--to', tomorrow], /--to: expected a time that has passed/],
  [
    ['offsets', 'set', '--to', '2020-01-01T00:00:00Z'],
    /--to: expected a time that Asana still has, 90 days back at most/,
  ],
  [['offsets', 'reset', '--to', '2026-01-01T00:00:00Z'], /--to is not an option here/],
  [['tail', '--until-end'], /--until-end: expected --from-beginning with it/],
  [['tail', '--workspace', 'mine'], /--workspace: expected a gid: digits only, got 'mine'/],
  [['tail', '--type='], /--type: expected an event_type such as/],
  [['tail', '--dead-letters', '--type', 'x'], /--dead-letters: takes no --type/],
  [['simulate', '--evnets', '3'], /--evnets/],
])('%j says what is wrong and where to read on, and ends with 2', async (args, message) => {
  const { exitCode, stdout, stderr } = await runConnector(args, ENVIRONMENT);
  const [command = ''] = args;
  expect(stderr).toMatch(message);
  expect(stderr).toContain(
    `Try: asana-audit-kafka ${COMMANDS.includes(command) ? `${command} ` : ''}--help\n`,
  );
  expect(stdout).toBe('');
  expect(exitCode).toBe(2);
});

test.concurrent.each(COMMANDS)('%s --help explains it with an example, and ends with 0', async (command) => {
  const { exitCode, stdout } = await runConnector([command, '--help'], { PATH: process.env.PATH ?? '' });
  expect(stdout).toMatch(new RegExp(`^Usage: asana-audit-kafka ${command}`));
  expect(stdout).toMatch(/^Examples?:$/m);
  expect(exitCode).toBe(0);
});

test.concurrent('without a command all of them are listed, and it ends with 2; with --help, 0', async () => {
  const bare = await runConnector([], { PATH: process.env.PATH ?? '' });
  const asked = await runConnector(['--help'], { PATH: process.env.PATH ?? '' });
  for (const command of COMMANDS) expect(bare.stdout).toContain(`\n  ${command} `);
  expect(bare.exitCode).toBe(2);
  expect(asked).toMatchObject({ exitCode: 0, stdout: bare.stdout });
});

test.concurrent.each(['run', 'check', 'offsets get', 'tail', 'verify'])(
  '%s without a configuration reports it whole, by name, and ends with 2',
  async (command) => {
    const { exitCode, stdout, stderr } = await runConnector(command.split(' '), {
      PATH: process.env.PATH ?? '',
    });
    for (const name of ['ASANA_TOKEN_FILE', 'ASANA_WORKSPACES', 'KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL'])
      expect(stdout + stderr).toContain(name);
    expect(exitCode).toBe(2);
  },
);

test.concurrent.each<[string, Record<string, string>]>([
  ['without a configuration', {}],
  [
    'with a token file that is missing',
    { ...ENVIRONMENT, ASANA_TOKEN: '', ASANA_TOKEN_FILE: '/nowhere/token' },
  ],
  ['with an address that is not of this machine', { ...ENVIRONMENT, HTTP_HOST: '203.0.113.1' }],
])(
  'run %s says why in a line of its JSON log, the last one, and in nothing else',
  async (_what, environment) => {
    const { exitCode, stdout, stderr } = await runConnector(['run'], {
      PATH: process.env.PATH ?? '',
      ...environment,
    });
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id }) => id)).toEqual(['stopped']);
    expect(lines).toMatchObject([
      { level: 'error', exit_code: 2, code: 'CONFIG_INVALID', next_step: expect.stringContaining('correct') },
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  },
);

test.concurrent('check says one fault of the DNS once a name, and what else it keeps from being checked', async () => {
  const { exitCode, stdout } = await runConnector(['check', '--json'], {
    ...ENVIRONMENT,
    ASANA_BASE_URL: 'https://asana.invalid/api/1.0',
    KAFKA_BROKERS: 'one.kafka.invalid:9092,two.kafka.invalid:9092',
    SCHEMA_REGISTRY_URL: 'http://registry.invalid',
    HTTP_PORT: '0',
  });
  const results = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const names = ['asana', 'one.kafka', 'two.kafka', 'registry'].map((name) => `DNS, ${name}.invalid`);
  const subjectsOf = (status: string) =>
    results.flatMap((each) => (each.status === status ? each.subject : []));
  expect(subjectsOf('wrong')).toEqual(names);
  const because = results.flatMap(({ status, detail }) => (status === 'skipped' ? detail : []));
  expect(new Set(because)).toEqual(
    new Set([names[0], names[3], names[1]].map((name) => `not checked because of: ${name}`)),
  );
  expect(subjectsOf('skipped')).toEqual(expect.arrayContaining(['TLS, asana.invalid', 'Kafka, brokers']));
  expect(exitCode).toBe(1);
});

test.concurrent.each(['offsets get', 'verify --ledger', 'tail'])(
  '%s without a Kafka ends with 1, and does not say that anything is tried again',
  async (command) => {
    const { exitCode, stdout, stderr } = await runConnector(command.split(' '), ENVIRONMENT);
    expect(stderr).toMatch(/ECONNREFUSED.*\n {2}KAFKA_UNAVAILABLE; next step: check KAFKA_BROKERS/);
    expect(stderr).not.toContain('tried again');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  },
);

test.concurrent.each(['run', 'check', 'verify'])(
  '%s with a token file that is missing ends with 2 and names it',
  async (command) => {
    const { exitCode, stdout, stderr } = await runConnector([command], {
      ...ENVIRONMENT,
      ASANA_TOKEN: '',
      ASANA_TOKEN_FILE: '/nowhere/token',
      ASANA_WORKSPACES: '11',
    });
    expect(stdout + stderr).toMatch(/ASANA_TOKEN_FILE.*no such file.*\/nowhere\/token/);
    expect(stdout + stderr).toContain('CONFIG_INVALID');
    expect(exitCode).toBe(2);
  },
);
