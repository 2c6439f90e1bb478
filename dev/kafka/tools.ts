/** Kafka's own command line tools, as checks that share no code with the connector. */

import { join } from 'node:path';
import { type CommandResult, runCommand } from '../command.ts';
import { installedFolder, javaCommand } from '../java.ts';

/** Tools by the name of their script; each is given `--bootstrap-server` by itself. */
const MAIN_CLASSES = {
  'kafka-acls': 'org.apache.kafka.tools.AclCommand',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'kafka-reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-transactions': 'org.apache.kafka.tools.TransactionsCommand',
} as const;

export type ToolName = keyof typeof MAIN_CLASSES;
/** For anything else: the class's full name; the arguments are passed on as they are. */
export type MainClass = `${string}.${string}`;

export type ToolOptions = {
  stdin?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
  javaHome?: string | undefined;
};

const LOG_CONFIGURATION = join(import.meta.dirname, 'log4j2.properties');
const DEFAULT_TIMEOUT_MS = 60_000;

/** Arguments for `java` that run a class of Kafka's. */
export function javaArguments(mainClass: string, jvmOptions: readonly string[]): string[] {
  return [
    ...jvmOptions,
    `-Dlog4j2.configurationFile=${LOG_CONFIGURATION}`,
    '-cp',
    join(installedFolder('kafka'), 'libs', '*'),
    mainClass,
  ];
}

/** Runs a tool to its end. Throws with what it printed when it fails or takes longer than `timeoutMs` (60 s by default). */
export async function runKafkaTool(
  bootstrapServers: string,
  tool: ToolName | MainClass,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<CommandResult> {
  const { mainClass, argsBefore } = resolveTool(tool, bootstrapServers);
  const result = await runCommand({
    command: javaCommand(options.javaHome),
    // Compiled no further than a process of a second or two can use.
    args: [
      ...javaArguments(mainClass, ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']),
      ...argsBefore,
      ...args,
    ],
    stdin: options.stdin,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    signal: options.signal,
  });
  if (result.exitCode !== 0) {
    throw new Error(
      `${tool} ${args.join(' ')} failed with exit code ${result.exitCode}:\n${result.stdout}${result.stderr}`,
    );
  }
  return result;
}

export function resolveTool(
  tool: ToolName | MainClass,
  bootstrapServers: string,
): { mainClass: string; argsBefore: string[] } {
  return isToolName(tool)
    ? { mainClass: MAIN_CLASSES[tool], argsBefore: ['--bootstrap-server', bootstrapServers] }
    : { mainClass: tool, argsBefore: [] };
}

function isToolName(tool: string): tool is ToolName {
  return Object.hasOwn(MAIN_CLASSES, tool);
}
