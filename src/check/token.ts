import { stat } from 'node:fs/promises';
import { readToken, type TokenSource } from '../asana/token.ts';
import type { Config } from '../config/load.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import type { Check, Good } from './check.ts';

const READABLE_BY_ALL = 0o004;

/** Is there a token? What it is good for, Asana says. */
export function tokenCheck(workspaceGid: string, source: TokenSource): Check {
  return {
    subject: `Token for workspace ${workspaceGid}`,
    look: async () => {
      await readOrRefuse(workspaceGid, source);
      return 'file' in source ? lookAtFile(source.file) : { detail: 'in ASANA_TOKEN' };
    },
  };
}

async function lookAtFile(file: string): Promise<Good> {
  const { mode } = await stat(file);
  const isOpen = (mode & READABLE_BY_ALL) !== 0;
  return {
    detail: `in ${file}`,
    warning: isOpen ? `everybody on this machine can read it: chmod 640 ${file}` : undefined,
  };
}

/** Throws CONFIG_INVALID, which names all token files that hold none. */
export async function requireTokens(tokens: Config['tokens']): Promise<void> {
  const reads = [...tokens].map(([workspaceGid, source]) => readOrRefuse(workspaceGid, source));
  const problems = (await Promise.allSettled(reads)).flatMap((read) =>
    read.status === 'rejected' ? [messageOf(read.reason)] : [],
  );
  if (problems.length > 0) throw new ConnectorError('CONFIG_INVALID', problems.join('\n  '));
}

async function readOrRefuse(workspaceGid: string, source: TokenSource): Promise<void> {
  try {
    await readToken(source);
  } catch (error) {
    const name = `ASANA_TOKEN_FILE (or ASANA_TOKEN_FILE_${workspaceGid})`;
    throw new ConnectorError('CONFIG_INVALID', `${name}: ${messageOf(error)}`, { cause: error });
  }
}
