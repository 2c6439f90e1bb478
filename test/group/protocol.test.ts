import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import {
  type Assignment,
  decodeAssignment,
  decodeMember,
  encodeAssignment,
  encodeMember,
  type JoiningMember,
} from '../../src/group/protocol.ts';

const TOPIC = 'asana.audit-log-state';
const member: JoiningMember = {
  replica: 'host-1:9464',
  streams: ['111', '222'],
  running: [3],
  promised: [5],
};
const assignment: Assignment = {
  partitions: [3, 5],
  promised: [7],
  table: { replicas: [{ name: 'host-1:9464', streams: ['111'] }], unassigned: ['222'] },
};

test('what a member says of itself, and what it gets, is read as it was written', () => {
  expect(decodeMember(encodeMember(TOPIC, member))).toEqual(member);
  expect(decodeAssignment(TOPIC, encodeAssignment(TOPIC, assignment))).toEqual(assignment);
});

test("Kafka's own tools see the topic and the partitions", () => {
  const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
  expect(MemberMetadata.decode(encodeMember(TOPIC, member))?.topics).toEqual([TOPIC]);
  expect(MemberAssignment.decode(encodeAssignment(TOPIC, assignment))?.assignment).toEqual({
    [TOPIC]: [3, 5],
  });
});

test.each([
  ['nothing at all', Buffer.alloc(0)],
  [
    'another consumer',
    kafkajs.AssignerProtocol.MemberMetadata.encode({ version: 0, topics: ['a'], userData: Buffer.alloc(0) }),
  ],
  ['another version', userData({ version: 2, ...member })],
  ['a list that is none', userData({ version: 1, ...member, streams: '111' })],
  [
    'no JSON',
    kafkajs.AssignerProtocol.MemberMetadata.encode({ version: 0, topics: [], userData: Buffer.from('{') }),
  ],
])('a member that cannot be read is GROUP_UNREADABLE: %s', (_what, bytes) => {
  expect(() => decodeMember(bytes)).toThrow(expect.objectContaining({ code: 'GROUP_UNREADABLE' }));
});

test('an assignment that cannot be read is GROUP_UNREADABLE', () => {
  expect(() => decodeAssignment(TOPIC, Buffer.alloc(0))).toThrow(
    expect.objectContaining({ code: 'GROUP_UNREADABLE' }),
  );
});

function userData(value: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(value));
  return kafkajs.AssignerProtocol.MemberMetadata.encode({ version: 0, topics: [TOPIC], userData: bytes });
}
