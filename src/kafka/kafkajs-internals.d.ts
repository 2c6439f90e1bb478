/**
 * The parts of kafkajs 2.2.4 below its consumer that `kafkajs-reader.ts`, `kafkajs-coordinator.ts`, `kafkajs-group.ts` and
 * `kafkajs-probe.ts` use, typed as far as they do.
 * docs/adr/0002-reading-below-the-consumer.md says why.
 */

declare module 'kafkajs/src/cluster/index.js' {
  export interface FetchedMessage {
    offset: string;
    timestamp: string;
    key: Buffer | null;
    value: Buffer | null;
    headers: Record<string, Buffer | Buffer[]>;
    isControlRecord: boolean;
    batchContext: {
      firstOffset: string;
      lastOffsetDelta: number;
      producerId: string;
      inTransaction: boolean;
    };
  }

  export interface FetchedPartition {
    partition: number;
    highWatermark: string;
    lastStableOffset: string;
    abortedTransactions: { producerId: string; firstOffset: string }[] | null;
    messages: FetchedMessage[];
  }

  export interface FetchRequest {
    replicaId: number;
    isolationLevel: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: { topic: string; partitions: { partition: number; fetchOffset: number; maxBytes: number }[] }[];
  }

  export interface ClusterOptions {
    logger: unknown;
    socketFactory: unknown;
    sasl?: unknown;
    brokers: string[];
    clientId: string;
    connectionTimeout: number;
    requestTimeout: number;
    enforceRequestTimeout: boolean;
    metadataMaxAge: number;
    allowAutoTopicCreation: boolean;
    isolationLevel: number;
    retry: object;
  }

  /** A broker, asked as the coordinator of a group. */
  export interface GroupCoordinator {
    joinGroup(request: {
      groupId: string;
      sessionTimeout: number;
      rebalanceTimeout: number;
      memberId: string;
      groupProtocols: { name: string; metadata: Buffer }[];
    }): Promise<{
      memberId: string;
      generationId: number;
      leaderId: string;
      /** Empty, unless this member leads. */
      members: { memberId: string; memberMetadata: Buffer }[];
    }>;
    syncGroup(request: {
      groupId: string;
      generationId: number;
      memberId: string;
      groupAssignment: { memberId: string; memberAssignment: Buffer }[];
    }): Promise<{ memberAssignment: Buffer }>;
    heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
    leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
  }

  export default class Cluster {
    constructor(options: ClusterOptions);
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    addTargetTopic(topic: string): Promise<void>;
    refreshMetadata(): Promise<void>;
    readonly brokerPool: {
      findConnectedBroker(): Promise<{
        findGroupCoordinator(request: {
          groupId: string;
          coordinatorType: number;
        }): Promise<{ coordinator: { nodeId: string } }>;
      }>;
    };
    findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
    findBroker(destination: { nodeId: string }): Promise<
      GroupCoordinator & {
        addPartitionsToTxn(request: {
          transactionalId: string;
          producerId: string;
          producerEpoch: number;
          topics: { topic: string; partitions: number[] }[];
        }): Promise<unknown>;
        fetch(request: FetchRequest): Promise<{
          /** How long a quota wants no request of this client, which is then given no topic; in milliseconds. */
          clientSideThrottleTime?: number;
          responses: { topicName: string; partitions: FetchedPartition[] }[];
        }>;
      }
    >;
    fetchTopicsOffset(
      topics: {
        topic: string;
        partitions: { partition: number }[];
        fromBeginning?: boolean;
        fromTimestamp?: number;
      }[],
    ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
  }
}

declare module 'kafkajs/src/loggers/index.js' {
  import type { logCreator, logLevel } from 'kafkajs';
  export function createLogger(options: { level: logLevel; logCreator: logCreator }): unknown;
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import type { ISocketFactory } from 'kafkajs';
  export default function createSocketFactory(): ISocketFactory;
}

declare module 'kafkajs/src/broker/saslAuthenticator/plain.js' {
  import type { Mechanism } from 'kafkajs';
  export default function provide(login: {
    username: string;
    password: string;
  }): Mechanism['authenticationProvider'];
}

declare module 'kafkajs/src/broker/saslAuthenticator/scram256.js' {
  export { default } from 'kafkajs/src/broker/saslAuthenticator/plain.js';
}

declare module 'kafkajs/src/broker/saslAuthenticator/scram512.js' {
  export { default } from 'kafkajs/src/broker/saslAuthenticator/plain.js';
}
