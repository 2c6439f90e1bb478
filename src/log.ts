import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { LogLevel } from './config/parse.ts';
import { LOG_LINES, type LogId } from './log-lines.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What may be said is a closed list: whoever searches or alerts on an id finds it in docs/logs.md. */
export interface Log {
  /** @param level where it is not the line's own: what goes on is said more quietly */
  say(id: LogId, fields?: Fields, level?: LogLevel): void;
  /** The same log, with these fields in every line. */
  with(context: Fields): Log;
}

/** One line an incident, to stderr: stdout belongs to the answers of commands. */
export function createLog(level: LogLevel, destination: DestinationStream = standardError()): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'message',
    },
    destination,
  );
  return logTo(logger);
}

const logTo = (logger: Logger): Log => ({
  say: (id, fields, level) => {
    const line: { level: LogLevel; message: string; nextStep?: string } = LOG_LINES[id];
    const { message, nextStep } = line;
    logger[level ?? line.level]({ id, ...fields, ...(nextStep && { next_step: nextStep }) }, message);
  },
  with: (context) => logTo(logger.child(context)),
});

/** JSON lines; for a human at a terminal, the same to read. */
function standardError(): DestinationStream {
  const { isTTY } = process.stderr;
  return isTTY ? readable(2, process.stderr.hasColors()) : pino.destination({ dest: 2, sync: true });
}

/** Lines of text; in the process itself and at once, so that the last one is not lost. */
export const readable = (destination: number | NodeJS.WritableStream, colorize: boolean): DestinationStream =>
  pretty({
    destination,
    sync: true,
    colorize,
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
  });
