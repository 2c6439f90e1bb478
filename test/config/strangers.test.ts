import { expect, test } from 'vitest';
import { loadWith } from './environment.ts';

test('an HTTP proxy of the environment is not used, and that is said, once', () => {
  expect(
    loadWith({ HTTPS_PROXY: 'http://me:secret@proxy:3128', http_proxy: 'http://proxy:3128' }).warnings,
  ).toEqual([
    'HTTPS_PROXY, http_proxy: no HTTP proxy is used; Asana and the registry have to be reachable directly',
  ]);
});

test.each(['HTTP_PROXY', 'https_proxy', 'ALL_PROXY'])('%s alone is warned about', (name) => {
  expect(loadWith({ [name]: 'http://proxy:3128' }).warnings).toHaveLength(1);
});

test.each(['NO_PROXY', 'HTTP_PROXY_PORT', 'npm_config_https_proxy'])('%s is not', (name) => {
  expect(loadWith({ [name]: 'x' }).warnings).toEqual([]);
});
