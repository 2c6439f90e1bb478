import { expect, test } from 'vitest';
import { resolveTool } from '../../../dev/kafka/tools.ts';

test('a tool known by name is told where the brokers are', () => {
  expect(resolveTool('kafka-topics', 'host:1')).toEqual({
    mainClass: 'org.apache.kafka.tools.TopicCommand',
    argsBefore: ['--bootstrap-server', 'host:1'],
  });
});

test('a class gets its arguments as they are', () => {
  expect(resolveTool('kafka.tools.StorageTool', 'host:1')).toEqual({
    mainClass: 'kafka.tools.StorageTool',
    argsBefore: [],
  });
});
