import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorsDocument } from '../../../dev/docs/errors.ts';
import { ERROR_CODES, ERRORS } from '../../../src/error-list.ts';
import { ConnectorError } from '../../../src/errors.ts';

const page = errorsDocument();

test('docs/errors.md is what the code says', () => {
  const written = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  expect(written, 'docs/errors.md is stale: run make docs').toBe(page);
});

test('every code has one row: what causes it, and the next step, of the connector and of a command', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| <a'));
  expect(rows).toHaveLength(ERROR_CODES.length);
  for (const code of ERROR_CODES) {
    const row = rows.find((line) => line.includes(`\`${code}\``)) ?? '';
    const [, cause, nextStep, inCommand = nextStep] = row.replace(/ \|$/, '').split(' | ');
    const error = new ConnectorError(code, 'what happened');
    expect([cause, nextStep, inCommand]).toEqual([ERRORS[code].cause, error.nextStep, error.commandNextStep]);
  }
});
