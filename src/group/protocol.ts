/** What the members of the group tell each other: as Kafka's own tools read it, with what only we need in the user data. */

import kafkajs from 'kafkajs';
import { ConnectorError, messageOf } from '../errors.ts';
import type { Member } from './assign.ts';

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;

/** Of the user data, and in the name under which members agree on how streams are assigned. */
const VERSION = 1;
export const GROUP_PROTOCOL = `asana-audit-streams-${VERSION}`;

/** What a replica says when it joins. */
export interface JoiningMember extends Omit<Member, 'id'> {
  /** What people call it: host and port of its status page. */
  readonly replica: string;
}

/** The whole group as the leader has assigned it: every replica can say who owns what. */
export interface GroupTable {
  readonly replicas: readonly { readonly name: string; readonly streams: readonly string[] }[];
  /** About to be handed over. */
  readonly unassigned: readonly string[];
}

/** All streams of the group: those that any of its replicas is configured with. */
export const streamsOf = ({ replicas, unassigned }: GroupTable): string[] => [
  ...replicas.flatMap(({ streams }) => streams),
  ...unassigned,
];

/** What a replica gets. */
export interface Assignment {
  readonly partitions: readonly number[];
  readonly promised: readonly number[];
  readonly table: GroupTable;
}

export const encodeMember = (topic: string, member: JoiningMember): Buffer =>
  MemberMetadata.encode({ version: 0, topics: [topic], userData: toUserData(member) });

/** Throws GROUP_UNREADABLE. */
export function decodeMember(bytes: Buffer): JoiningMember {
  return reading('what a member says of itself', () => {
    const read = fromUserData(MemberMetadata.decode(bytes)?.userData);
    return {
      replica: readText(read.replica),
      streams: readTexts(read.streams),
      running: readNumbers(read.running),
      promised: readNumbers(read.promised),
    };
  });
}

export function encodeAssignment(topic: string, { partitions, promised, table }: Assignment): Buffer {
  const userData = toUserData({ promised, table });
  return MemberAssignment.encode({ version: 0, assignment: { [topic]: [...partitions] }, userData });
}

/** Throws GROUP_UNREADABLE. */
export function decodeAssignment(topic: string, bytes: Buffer): Assignment {
  return reading('the assignment', () => {
    const decoded = MemberAssignment.decode(bytes);
    const { promised, table } = fromUserData(decoded?.userData);
    const { replicas, unassigned } = readObject(table);
    return {
      partitions: decoded?.assignment[topic] ?? [],
      promised: readNumbers(promised),
      table: {
        replicas: readArray(replicas, readReplica),
        unassigned: readTexts(unassigned),
      },
    };
  });
}

const toUserData = (value: object): Buffer => Buffer.from(JSON.stringify({ version: VERSION, ...value }));

function fromUserData(bytes: Buffer | undefined): Record<string, unknown> {
  const read = readObject(JSON.parse(bytes?.toString() ?? ''));
  if (read.version !== VERSION) throw new Error(`it has version ${read.version}, not ${VERSION}`);
  return read;
}

function reading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    const message = `${what} cannot be read: ${messageOf(thrown)}`;
    throw new ConnectorError('GROUP_UNREADABLE', message, { cause: thrown });
  }
}

function readObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('expected an object');
  return { ...value };
}

function readArray<T>(value: unknown, readItem: (item: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new Error('expected a list');
  return value.map(readItem);
}

function readText(value: unknown): string {
  if (typeof value !== 'string') throw new Error('expected a text');
  return value;
}

function readNumber(value: unknown): number {
  if (typeof value !== 'number') throw new Error('expected a number');
  return value;
}

const readTexts = (value: unknown): string[] => readArray(value, readText);
const readNumbers = (value: unknown): number[] => readArray(value, readNumber);

function readReplica(value: unknown): GroupTable['replicas'][number] {
  const { name, streams } = readObject(value);
  return { name: readText(name), streams: readTexts(streams) };
}
