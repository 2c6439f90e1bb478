import { request } from 'undici';
import { OPTIONS } from '../config/options.ts';
import { READERS } from '../config/parse.ts';
import { messageOf } from '../errors.ts';
import type { StatusDocument } from '../observe/status/document.ts';
import { statusReport } from '../observe/status/report.ts';
import { readOptions } from './arguments.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';
import { jsonLine } from './terminal.ts';

const HELP = `Usage: asana-audit-kafka status [--url URL] [--json]

Asks the running connector how it is: each stream with its state, how far it has read, what is wrong and what to do.

  --url URL  where the connector is; default: HTTP_HOST and HTTP_PORT
  --json     print /status.json, on one line

Exit codes: 0 all is well (catching up and being rate-limited are);
            1 something needs attention, or nobody can be asked: a stream is halted or holds no session with Kafka, requests to
              Asana keep failing, a live stream is not caught up, or a gap was recorded within the last day;
            2 the command line is wrong.

Examples:
  asana-audit-kafka status
  asana-audit-kafka status --url http://connector.internal:9464 --json
`;

const TIMEOUT_MS = 10_000;

export const status: Command = { summary: 'ask the running connector how it is', help: HELP, main };

async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  const options = readOptions(argv, { url: { type: 'string' }, json: { type: 'boolean', default: false } });
  const address = options.url === undefined ? configuredAddress(context.environment) : readUrl(options.url);
  const asked = await ask(address, context.signal);
  if ('problem' in asked) {
    context.stderr.write(`asana-audit-kafka: ${asked.problem}\n  next step: ${asked.nextStep}\n`);
    return 1;
  }
  context.stdout.write(options.json ? jsonLine(asked.document) : statusReport(asked.document));
  return asked.document.ok ? 0 : 1;
}

/** The rest of the configuration is not needed, and may not be there in the shell of whoever asks. */
function configuredAddress(environment: CommandContext['environment']): URL {
  const host = environment.HTTP_HOST?.trim() || OPTIONS.HTTP_HOST.default;
  const text = environment.HTTP_PORT?.trim() || OPTIONS.HTTP_PORT.default;
  const port = READERS.port.read(text);
  if (port === undefined) throw new UsageError(`HTTP_PORT: expected ${READERS.port.expected}, got '${text}'`);
  if (port === 0)
    throw new UsageError(
      'HTTP_PORT is 0, any free port: give --url with the address that the line "started" of the log has',
    );
  return readUrl(`http://${hostToAsk(host)}:${port}`);
}

/** What listens on all addresses is asked on this machine. */
function hostToAsk(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

function readUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username || url.password)
    throw new UsageError(
      `--url: expected one like http://127.0.0.1:9464, got '${text.replace(/^.*@/s, '[redacted]@')}'`,
    );
  return url;
}

type Asked = { readonly document: StatusDocument } | { readonly problem: string; readonly nextStep: string };

async function ask(address: URL, signal: AbortSignal): Promise<Asked> {
  const url = new URL('/status.json', address);
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  try {
    // Not fetch: that refuses some ports.
    const { statusCode, body } = await request(url, { signal: AbortSignal.any([signal, deadline]) });
    const text = await body.text();
    const document = statusCode === 200 ? readDocument(text) : undefined;
    if (document) return { document };
    return {
      problem: `what answers on ${url} is not this connector (status ${statusCode})`,
      nextStep: 'check HTTP_HOST and HTTP_PORT, or --url: they must be those that the connector runs with',
    };
  } catch (error) {
    signal.throwIfAborted();
    const why = deadline.aborted ? `no answer within ${TIMEOUT_MS / 1_000} s` : messageOf(error);
    return {
      problem: `no connector can be asked on ${url.origin}: ${why}`,
      nextStep: `start it with 'run' (if it has ended, the end of its log says why), or give --url: the line "started" of its log has the address`,
    };
  }
}

function readDocument(text: string): StatusDocument | undefined {
  try {
    const read = JSON.parse(text) as Partial<StatusDocument> | null;
    const isOurs =
      typeof read?.ok === 'boolean' &&
      typeof read.connector_name === 'string' &&
      Array.isArray(read.streams) &&
      Array.isArray(read.budgets);
    return isOurs ? (read as StatusDocument) : undefined;
  } catch {
    return undefined;
  }
}
