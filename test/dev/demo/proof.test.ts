import { expect, test } from 'vitest';
import { comparedEvents } from '../../../dev/demo/proof.ts';
import { verificationReport } from '../../../src/verify/report.ts';

test('the number of compared events is read from the report that verify prints', () => {
  const report = verificationReport('1201234567890123', {
    fromMs: 0,
    toMs: 1,
    provenToMs: 1,
    sourceEvents: 200_153,
    topicRecords: 200_153,
    deadLetters: 0,
    republished: 0,
    inGaps: 0,
    refused: [],
    pending: [],
    missing: [],
    duplicate: [],
    altered: [],
    invented: [],
    outOfOrder: [],
  });

  expect(comparedEvents(report)).toBe(200_153);
});

test('a report that does not say so is not taken for zero', () => {
  expect(comparedEvents('nothing to see')).toBeUndefined();
});
