/** Docker's own command line, as an operator types it. */

import { join } from 'node:path';
import { type CommandResult, runCommand } from '../../dev/command.ts';

const PROJECT = join(import.meta.dirname, '../..');
// An image is built in it, from packages that have to be fetched.
const TIMEOUT_MS = 280_000;

/** Runs `docker ARGS` in the project's folder to its end, whatever its exit code is. */
export function tryDocker(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  return runCommand({
    command: 'docker',
    args,
    cwd: PROJECT,
    env: { ...process.env, ...environment },
    timeoutMs: TIMEOUT_MS,
  });
}

/** What it prints. Throws with what it says where it fails. */
export async function docker(args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<string> {
  const { exitCode, stdout, stderr } = await tryDocker(args, environment);
  if (exitCode !== 0) throw new Error(`docker ${args.join(' ')} ended with ${exitCode}:\n${stderr}`);
  return stdout;
}

export interface Inspected {
  readonly Name: string;
  readonly Image: string;
  readonly Created: string;
  readonly State: {
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: { readonly Env: readonly string[]; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
  };
}

export async function inspectContainer(id: string): Promise<Inspected> {
  const [inspected] = JSON.parse(await docker(['container', 'inspect', id]));
  return inspected;
}
