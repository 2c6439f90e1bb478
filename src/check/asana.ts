import type { Page, PageSource } from '../asana/client.ts';
import type { PageEvent } from '../asana/page.ts';
import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import type { ErrorCode } from '../error-list.ts';
import { ConnectorError, toConnectorError } from '../errors.ts';
import type { Scope } from '../stream/chain.ts';
import { type Check, type Good, NotKnown } from './check.ts';

const DEADLINE_MS = 20_000;

export interface AsanaAnswer {
  readonly page: Page;
  /** How far this machine's clock is ahead of Asana's; below 0 behind. Exact to a second, as the `Date` header is. */
  readonly aheadMs: number;
}

export type AskAsana = (signal: AbortSignal) => Promise<AsanaAnswer>;

/**
 * Asks for one page, once for all checks. `lastFailure` is what the retries of the client were for.
 */
export function askOnce(
  asana: PageSource<PageEvent>,
  scope: Scope,
  clock: Clock,
  lastFailure: () => ConnectorError | undefined,
): AskAsana {
  const query = { filters: scope.filters, startAtMs: scope.startAtMs, limit: 1 };
  const late = () =>
    lastFailure() ?? new ConnectorError('ASANA_UNREACHABLE', `no answer within ${DEADLINE_MS / 1000} s`);
  let asked: Promise<AsanaAnswer> | undefined;
  return (signal) => {
    asked ??= withDeadline(clock, DEADLINE_MS, signal, late, async (limited) => {
      const page = await asana.fetchPage(query, undefined, limited);
      return { page, aheadMs: clock.now() - page.roundTripMs - page.asOfMs };
    });
    return asked;
  };
}

/** What Asana's one answer says of the token, of the workspace and of the audit log. @param after whatever it takes to ask */
export function asanaChecks(workspaceGid: string, after: readonly Check[], ask: AskAsana): Check[] {
  const token = {
    subject: `Asana accepts the token for workspace ${workspaceGid}`,
    after,
    look: async (signal: AbortSignal) => {
      const refusal = await refusalOf(ask, signal);
      if (refusal && !ANSWERED.includes(refusal.code)) throw refusal;
      return { detail: 'accepted' };
    },
  };
  const workspace = {
    subject: `Asana, workspace ${workspaceGid}`,
    after: [token],
    look: (signal: AbortSignal) => unless('ASANA_WORKSPACE_UNKNOWN', ask, 'known to the token', signal),
  };
  const auditLog = {
    subject: `Asana, audit log of workspace ${workspaceGid}`,
    after: [token],
    look: async (signal: AbortSignal): Promise<Good> => {
      const refusal = await refusalOf(ask, signal);
      if (refusal?.code === 'ASANA_WORKSPACE_UNKNOWN')
        throw new NotKnown('not known of an unknown workspace');
      if (refusal) throw refusal;
      const { page } = await ask(signal);
      return {
        detail: `may be read; ${page.events.length > 0 ? 'there are events' : 'no event matches yet'}`,
      };
    },
  };
  return [token, workspace, auditLog];
}

/** Answers of one who has accepted the token. */
const ANSWERED: readonly ErrorCode[] = [
  'ASANA_FORBIDDEN',
  'ASANA_WORKSPACE_UNKNOWN',
  'ASANA_REQUEST_REFUSED',
];

async function unless(code: ErrorCode, ask: AskAsana, detail: string, signal: AbortSignal): Promise<Good> {
  const refusal = await refusalOf(ask, signal);
  if (refusal === undefined) return { detail };
  if (refusal.code === code) throw refusal;
  throw new NotKnown(`Asana's answer does not say: ${refusal.message}`);
}

async function refusalOf(ask: AskAsana, signal: AbortSignal): Promise<ConnectorError | undefined> {
  return ask(signal).then(
    () => undefined,
    (thrown) => toConnectorError(thrown),
  );
}
