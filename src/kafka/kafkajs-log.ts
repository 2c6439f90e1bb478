import { type logCreator, logLevel } from 'kafkajs';
import type { Log } from '../log.ts';

/**
 * kafkajs's logger, routed through ours and one level down: it logs at ERROR what it retries, and what it gives up on reaches
 * the session as an error, which logs it once.
 */
export function kafkajsLog(log: Log): logCreator {
  return () =>
    ({ namespace, level, log: { message, error } }) => {
      const text = error === undefined ? message : `${message}: ${error}`;
      if (level === logLevel.ERROR || level === logLevel.WARN)
        log.say('kafkajs', { component: namespace, text });
    };
}
