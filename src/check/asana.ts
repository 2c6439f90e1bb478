import type { AuditLogClient, Page } from '../asana/client.ts';
import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import { ConnectorError } from '../errors.ts';
import type { Scope } from '../stream/chain.ts';
import type { Check } from './check.ts';

const DEADLINE_MS = 20_000;
const SKEW_WORTH_SAYING_MS = 30_000;

/** Token, scope and workspace, by asking for one page. `lastFailure` is what the retries of the client were for. */
export function asanaCheck(
  workspaceGid: string,
  asana: Pick<AuditLogClient, 'fetchPage'>,
  scope: Scope,
  clock: Clock,
  lastFailure: () => ConnectorError | undefined,
): Check {
  return {
    subject: `Asana, workspace ${workspaceGid}`,
    look: async (signal) => {
      const late = () =>
        lastFailure() ?? new ConnectorError('ASANA_UNREACHABLE', `no answer within ${DEADLINE_MS / 1000} s`);
      const query = { filters: scope.filters, startAtMs: scope.startAtMs, limit: 1 };
      const page = await withDeadline(clock, DEADLINE_MS, signal, late, (limited) =>
        asana.fetchPage(query, undefined, limited),
      );
      return `the token may read it; ${describePage(page)}${describeSkew(page.asOfMs, clock.now())}`;
    },
  };
}

const describePage = ({ events }: Page): string =>
  events.length > 0 ? 'there are events' : 'no event matches yet';

function describeSkew(asanaMs: number, ourMs: number): string {
  const skewMs = ourMs - asanaMs;
  if (Math.abs(skewMs) < SKEW_WORTH_SAYING_MS) return '';
  return `; this machine's clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} Asana's: lag is shown wrong by so much`;
}
