import { readToken, type TokenSource } from '../asana/token.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import type { Check } from './check.ts';

/** Is there a token? What it is good for, Asana says. */
export function tokenCheck(workspaceGid: string, source: TokenSource): Check {
  return {
    subject: `Token for workspace ${workspaceGid}`,
    look: async () => {
      await readTokenOrRefuse(workspaceGid, source);
      return { detail: 'file' in source ? `in ${source.file}` : 'in ASANA_TOKEN' };
    },
  };
}

/** Throws CONFIG_INVALID, with the name of the variable. */
export async function readTokenOrRefuse(workspaceGid: string, source: TokenSource): Promise<void> {
  try {
    await readToken(source);
  } catch (error) {
    const name = `ASANA_TOKEN_FILE (or ASANA_TOKEN_FILE_${workspaceGid})`;
    throw new ConnectorError('CONFIG_INVALID', `${name}: ${messageOf(error)}`, { cause: error });
  }
}
