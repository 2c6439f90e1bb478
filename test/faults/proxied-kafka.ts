/** One real broker whose clients come either directly or through a proxy: faults hit only those that take the proxy. */

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Broker } from '../../dev/kafka/broker.ts';
import { brokerProperties, type Properties } from '../../dev/kafka/config.ts';
import { findFreePorts } from '../../dev/ports.ts';
import { startInFolder } from '../../dev/start.ts';
import { createKafkaTap, type Exchange, type Verdict } from './kafka-tap.ts';
import { TcpProxy } from './tcp-proxy.ts';

export interface ProxiedKafka {
  /** `host:port` that leads to the broker itself. */
  readonly direct: string;
  /** `host:port` that leads through the proxy, and whatever the broker tells a client that came this way. */
  readonly proxied: string;
  readonly proxy: TcpProxy;
  readonly broker: Broker;
  close(): Promise<void>;
}

const HEAP_MEGABYTES = 512;

/** @param onExchange sees every request and response that takes the proxy, before it passes */
export function startProxiedKafka(
  onExchange: (exchange: Exchange) => Verdict,
  overrides: Properties = {},
): Promise<ProxiedKafka> {
  return startInFolder({ name: 'kafka-proxied', parent: undefined, log: () => undefined }, async (folder) => {
    const [port = 0, controllerPort = 0, innerPort = 0] = await findFreePorts(3);
    const newTap = () => createKafkaTap(onExchange);
    const proxy = await TcpProxy.listen({ port: 0, targetPort: () => innerPort, newTap });
    const brokerFolder = join(folder, 'broker-1');
    const properties = brokerProperties(1, [{ id: 1, port, controllerPort }], join(brokerFolder, 'data'), {
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort},PROXIED://127.0.0.1:${innerPort}`,
      // A client is told the address of the listener that it came by.
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort},PROXIED://127.0.0.1:${proxy.port}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT',
      ...overrides,
    });
    const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
    const broker = new Broker({
      id: 1,
      port,
      folder: brokerFolder,
      properties,
      clusterId,
      heapMegabytes: HEAP_MEGABYTES,
      javaHome: undefined,
    });
    const close = async () => {
      await proxy.close();
      await broker.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    };
    try {
      await broker.start();
    } catch (error) {
      await close();
      throw error;
    }
    return { direct: `127.0.0.1:${port}`, proxied: `127.0.0.1:${proxy.port}`, proxy, broker, close };
  });
}
