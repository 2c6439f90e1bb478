/** A real broker whose listeners want TLS, a client certificate or a login, and whose ACLs allow a user nothing that is not said. */

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker } from '../../dev/kafka/broker.ts';
import { brokerProperties, type Properties } from '../../dev/kafka/config.ts';
import { runKafkaTool } from '../../dev/kafka/tools.ts';
import { findFreePorts } from '../../dev/ports.ts';
import { type Authority, createAuthority } from './certificates.ts';

export interface SecuredKafka {
  /** `host:port` without any security, for the test's own use: who comes here may do everything. */
  readonly open: string;
  /** TLS and a login: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512. Its certificate is for 127.0.0.1 alone. */
  readonly tlsLogin: string;
  /** A login without TLS. */
  readonly plainLogin: string;
  /** TLS, and a client certificate, whose common name is the user. */
  readonly mutualTls: string;
  /** TLS with a certificate that has expired. */
  readonly expired: string;
  readonly authority: Authority;
  /** Of the CA's certificate. */
  readonly caFile: string;
  /** From now on, for SCRAM-SHA-512. */
  setPassword(user: string, password: string): Promise<void>;
  /** A file that only its owner can read, for the test. */
  write(name: string, text: string, mode?: number): Promise<string>;
  close(): Promise<void>;
}

const HEAP_MEGABYTES = 512;
const SECURITY = 'org.apache.kafka.common.security';

export interface User {
  readonly name: string;
  /** One a mechanism. */
  readonly passwords: Readonly<Record<'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512', string>>;
}

export async function startSecuredKafka({ name: user, passwords }: User): Promise<SecuredKafka> {
  const folder = await mkdtemp(join(tmpdir(), 'kafka-secured-'));
  const ports = await findFreePorts(6);
  const [open, controllerPort, ...others] = ports.map(Number);
  const addressOf = (index: number) => `127.0.0.1:${others[index]}`;
  const write = async (name: string, text: string, mode = 0o600) => {
    const file = join(folder, name);
    await writeFile(file, text, { mode });
    return file;
  };
  const authority = createAuthority('the CA of this test');
  const caFile = await write('ca.pem', authority.certificate);
  const names = { commonName: 'broker', addresses: ['127.0.0.1'] };
  const good = authority.issue(names);
  const old = authority.issue({ ...names, fromMs: 0, untilMs: 86_400_000 });
  const goodFile = await write('broker.pem', good.key + good.certificate);
  const oldFile = await write('expired.pem', old.key + old.certificate);
  const listeners = [
    `PLAINTEXT://127.0.0.1:${open}`,
    `CONTROLLER://127.0.0.1:${controllerPort}`,
    `TLSLOGIN://${addressOf(0)}`,
    `PLAINLOGIN://${addressOf(1)}`,
    `MUTUAL://${addressOf(2)}`,
    `EXPIRED://${addressOf(3)}`,
  ].join();
  const brokerFolder = join(folder, 'broker-1');
  const addresses = [{ id: 1, port: Number(open), controllerPort: Number(controllerPort) }];
  const properties = brokerProperties(1, addresses, join(brokerFolder, 'data'), {
    listeners,
    'advertised.listeners': listeners,
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TLSLOGIN:SASL_SSL,PLAINLOGIN:SASL_PLAINTEXT,MUTUAL:SSL,EXPIRED:SSL',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
    ...tls('tlslogin', goodFile, caFile),
    ...tls('mutual', goodFile, caFile),
    'listener.name.mutual.ssl.client.auth': 'required',
    'listener.name.mutual.ssl.principal.mapping.rules': 'RULE:^CN=(.*)$/$1/',
    ...tls('expired', oldFile, caFile),
    ...login('tlslogin', user, passwords.PLAIN),
    ...login('plainlogin', user, passwords.PLAIN),
  });
  const broker = new Broker({
    id: 1,
    port: Number(open),
    folder: brokerFolder,
    properties,
    clusterId: Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url'),
    heapMegabytes: HEAP_MEGABYTES,
    javaHome: undefined,
    formatArguments: (['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const).flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${user},password=${passwords[mechanism]}]`,
    ]),
  });
  const close = async () => {
    await broker.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  await broker.start().catch(async (error) => {
    await close();
    throw error;
  });
  return {
    open: `127.0.0.1:${open}`,
    tlsLogin: addressOf(0),
    plainLogin: addressOf(1),
    mutualTls: addressOf(2),
    expired: addressOf(3),
    authority,
    caFile,
    setPassword: async (name, password) => {
      const added = `SCRAM-SHA-512=[password=${password}]`;
      const what = ['--alter', '--entity-type', 'users', '--entity-name', name, '--add-config', added];
      await runKafkaTool(`127.0.0.1:${open}`, 'kafka-configs', what);
    },
    write,
    close,
  };
}

function tls(listener: string, keyStore: string, caFile: string): Properties {
  const prefix = `listener.name.${listener}.ssl`;
  return {
    [`${prefix}.keystore.type`]: 'PEM',
    [`${prefix}.keystore.location`]: keyStore,
    [`${prefix}.truststore.type`]: 'PEM',
    [`${prefix}.truststore.location`]: caFile,
  };
}

function login(listener: string, user: string, plainPassword: string): Properties {
  const prefix = `listener.name.${listener}`;
  const users = `user_${user}="${plainPassword}"`;
  const scram = `${SECURITY}.scram.ScramLoginModule required;`;
  return {
    [`${prefix}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`${prefix}.plain.sasl.jaas.config`]: `${SECURITY}.plain.PlainLoginModule required ${users};`,
    [`${prefix}.scram-sha-256.sasl.jaas.config`]: scram,
    [`${prefix}.scram-sha-512.sasl.jaas.config`]: scram,
  };
}
