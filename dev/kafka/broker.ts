/** One combined broker and controller as a child process that can be stopped, killed and started again on the same port and data. */

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { runCommand } from '../command.ts';
import { javaCommand } from '../java.ts';
import { type ChildHandle, startChild } from '../process.ts';
import { waitUntilReady } from '../readiness.ts';
import { explainFailedStart } from '../start.ts';
import { formatProperties, type Properties } from './config.ts';
import { javaArguments } from './tools.ts';

export type BrokerOptions = {
  id: number;
  port: number;
  /** For its data, its settings and its log. */
  folder: string;
  properties: Properties;
  clusterId: string;
  heapMegabytes: number;
  javaHome: string | undefined;
  /** Of Kafka's storage tool: what is there from the first start on, such as users. */
  formatArguments?: readonly string[];
};

const START_TIMEOUT_MS = 60_000;
const FORMAT_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 30_000;

export class Broker {
  readonly id: number;
  readonly port: number;
  readonly logFile: string;
  readonly #options: BrokerOptions;
  readonly #settingsFile: string;
  #child: ChildHandle | undefined;

  constructor(options: BrokerOptions) {
    this.id = options.id;
    this.port = options.port;
    this.#options = options;
    this.logFile = join(options.folder, 'broker.log');
    this.#settingsFile = join(options.folder, 'server.properties');
  }

  /** Of the process started last, running or not. */
  get pid(): number {
    if (!this.#child) throw new Error(`broker ${this.id} was never started`);
    return this.#child.pid;
  }

  isRunning(): boolean {
    return this.#child?.isRunning() ?? false;
  }

  /** Resolves when the broker answers a metadata request as a member of the cluster. The error of a failed start ends with its log. */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.isRunning()) return;
    await this.#prepare(signal);
    const heap = `${this.#options.heapMegabytes}m`;
    this.#child = await startChild({
      command: javaCommand(this.#options.javaHome),
      args: [
        ...javaArguments('kafka.Kafka', [`-Xmx${heap}`, `-Xms${heap}`, '-XX:+UseSerialGC']),
        this.#settingsFile,
      ],
      logFile: this.logFile,
    });
    try {
      await waitUntilReady(this.#child, () => this.#isMember(), {
        name: `broker ${this.id} on 127.0.0.1:${this.port}`,
        timeoutMs: START_TIMEOUT_MS,
        signal,
      });
    } catch (cause) {
      await this.kill('SIGKILL');
      throw explainFailedStart(cause, this.logFile, await readFile(this.logFile, 'utf8'));
    }
  }

  /** An orderly shutdown (SIGTERM); leaders move away first where there is another broker. */
  async stop(): Promise<void> {
    await this.#child?.stop(STOP_GRACE_MS);
  }

  /** Sends a signal; after SIGKILL it resolves when the process is gone, else at once. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    this.#child?.kill(signal);
    if (signal === 'SIGKILL') await this.#child?.exited;
  }

  async #prepare(signal: AbortSignal | undefined): Promise<void> {
    const { folder, properties, clusterId, javaHome, formatArguments = [] } = this.#options;
    const dataFolder = properties['log.dirs'] ?? join(folder, 'data');
    if (existsSync(join(dataFolder, 'meta.properties'))) return;
    await mkdir(folder, { recursive: true });
    await writeFile(this.#settingsFile, formatProperties(properties));
    const { exitCode, stdout, stderr } = await runCommand({
      command: javaCommand(javaHome),
      args: [
        ...javaArguments('kafka.tools.StorageTool', [
          '-Xmx128m',
          '-XX:+UseSerialGC',
          '-XX:TieredStopAtLevel=1',
        ]),
        // With `=`, because one id in 64 begins with a dash.
        ...['format', `--cluster-id=${clusterId}`, '--config', this.#settingsFile, ...formatArguments],
      ],
      timeoutMs: FORMAT_TIMEOUT_MS,
      signal,
    });
    if (exitCode !== 0)
      throw new Error(`cannot format the storage of broker ${this.id}:\n${stdout}${stderr}`);
  }

  async #isMember(): Promise<boolean> {
    const kafka = new Kafka({
      brokers: [`127.0.0.1:${this.port}`],
      clientId: 'stack',
      connectionTimeout: 1_000,
      requestTimeout: 5_000,
      enforceRequestTimeout: true,
      retry: { retries: 0 },
      logLevel: logLevel.NOTHING,
    });
    const admin = kafka.admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      return brokers.some(({ nodeId }) => nodeId === this.id);
    } finally {
      await admin.disconnect();
    }
  }
}
