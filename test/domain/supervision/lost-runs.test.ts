import { expect, test } from 'vitest';
import { compareWithLedger, whyNotAutomatic } from '../../../domain/supervision/lost-runs.ts';

test.each([
  ['nothing is lost', { lost: 0, ahead: 0, isSameNamespace: false }, undefined],
  ['fewer than five cases are lost', { lost: 4, ahead: 0, isSameNamespace: true }, undefined],
  ['five cases are lost', { lost: 5, ahead: 0, isSameNamespace: true }, 'many'],
  ['a ledger lacks entries', { lost: 1, ahead: 1, isSameNamespace: true }, 'ledger'],
  ['Temporal has another namespace', { lost: 1, ahead: 1, isSameNamespace: false }, 'namespace'],
])('when %s', (_, found, why) => {
  expect(whyNotAutomatic(found)).toBe(why);
});

test.each([
  ['a run that knows that all its entries are written', { seq: 9, confirmedSeq: 9 }, undefined],
  ['a run with entries that are not written yet', { seq: 12, confirmedSeq: 9 }, 'unwritten'],
  ['a run that does not know yet what was written', { seq: 9, confirmedSeq: 5 }, undefined],
  ['a run without the last entry', { seq: 8, confirmedSeq: 8 }, 'behind'],
  ['a run that has seen another entry in the ledger', { seq: 12, confirmedSeq: 10 }, 'ahead'],
])('%s is compared with a ledger of nine entries', (_, progress, relation) => {
  expect(compareWithLedger(progress, { before: 9, after: 9 })).toBe(relation);
});

test('a case that moves while it is asked is neither behind nor ahead', () => {
  expect(compareWithLedger({ seq: 9, confirmedSeq: 9 }, { before: 8, after: 10 })).toBeUndefined();
});
