import { once } from 'node:events';
import { parseSimulatorFlags, simulatorFlags } from '../../simulator/options.ts';
import { startSimulator } from '../../simulator/server.ts';
import { messageOf } from '../errors.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';

const HEAD = `Usage: asana-audit-kafka simulate [options]

Serves Asana's audit log endpoint from a seeded data set, until it is stopped. Whatever is not known of the real one is an option.
Its truth: GET /simulator/truth; its counts: GET /simulator/status; other options while it runs: POST /simulator/options.

`;

const HELP = `${HEAD}${simulatorFlags.map(({ flag, expected, default: standing, help }) => `  ${flag} ${expected}, default ${standing}\n      ${help}\n`).join('')}
Example:
  asana-audit-kafka simulate --events 200000 --days 80 --rate 5
`;

export const simulate: Command = { summary: "serve Asana's endpoint from made-up events", help: HELP, main };

async function main(argv: readonly string[], { stdout, signal }: CommandContext): Promise<number> {
  const parsed = parseSimulatorFlags(argv);
  if ('problems' in parsed) throw new UsageError(parsed.problems.join('\n  '));
  const simulator = await startSimulator(parsed.options).catch((error) => {
    throw new UsageError(messageOf(error));
  });
  const { token, workspaces } = simulator.options;
  stdout.write(`serving ${simulator.baseUrl}\n`);
  stdout.write(
    `export ASANA_BASE_URL=${simulator.baseUrl} ASANA_TOKEN=${token.split(',')[0]} ASANA_WORKSPACES=${workspaces.join()}\n`,
  );
  if (!signal.aborted) await once(signal, 'abort');
  await simulator.close();
  return 0;
}
