import { expect, test } from 'vitest';
import { loadWith, problemsWith } from './environment.ts';

const LOCAL = {
  ASANA_BASE_URL: 'https://127.0.0.1:8443/api/1.0',
  KAFKA_BROKERS: 'localhost:9092,[::1]:9092',
  SCHEMA_REGISTRY_URL: 'https://localhost:8081',
};

test.each([
  [{ ASANA_BASE_URL: undefined }, 'app.asana.com'],
  [{ ASANA_BASE_URL: 'https://127.0.0.1.example/' }, '127.0.0.1.example'],
  [{ SCHEMA_REGISTRY_URL: 'https://registry:8081' }, 'registry'],
  [{ KAFKA_BROKERS: 'localhost:9092,kafka-2:9093' }, 'kafka-2'],
])('verification of certificates cannot be turned off with %j', (remote, host) => {
  const off = { ...LOCAL, ...remote, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  expect(problemsWith(off)).toEqual([
    expect.stringMatching(new RegExp(`^NODE_TLS_REJECT_UNAUTHORIZED: .* also towards ${host} `)),
  ]);
});

test('where nothing leaves this machine, it can; every other value leaves it on', () => {
  expect(() => loadWith({ ...LOCAL, NODE_TLS_REJECT_UNAUTHORIZED: '0' })).not.toThrow();
  for (const value of ['1', '', 'false', undefined])
    expect(() => loadWith({ NODE_TLS_REJECT_UNAUTHORIZED: value })).not.toThrow();
});
