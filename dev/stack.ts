/** `make stack`: Kafka and the schema registry in the foreground, until Ctrl-C. */

import { once } from 'node:events';
import { startKafka } from './kafka.ts';
import { startRegistry } from './registry.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function main(signal: AbortSignal): Promise<void> {
  const logger = (line: string) => console.error(line);
  logger('starting Kafka and the schema registry (a few seconds) ...');
  const started = await Promise.allSettled([
    startKafka({ brokers: 1, logger, signal }),
    startRegistry({ logger, signal }),
  ]);
  const [kafka, registry] = started;
  try {
    if (kafka.status === 'rejected') throw kafka.reason;
    if (registry.status === 'rejected') throw registry.reason;
    console.log(
      `\nexport KAFKA_BROKERS=${kafka.value.bootstrapServers} SCHEMA_REGISTRY_URL=${registry.value.url}\n`,
    );
    logger('Ctrl-C ends both.');
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    for (const service of started) if (service.status === 'fulfilled') await service.value.close();
  }
}

const stop = new AbortController();
for (const name of STOP_SIGNALS) process.on(name, () => stop.abort());

await main(stop.signal).catch((error) => {
  if (stop.signal.aborted) return;
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
