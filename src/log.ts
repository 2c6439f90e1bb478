import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config/parse.ts';

export type Log = Logger;

/** One JSON line an incident, to stderr: stdout belongs to the answers of commands. */
export function createLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'message',
    },
    destination,
  );
}
