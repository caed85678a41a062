import { loadStep } from '../../db/cases/disclosures.ts';
import type { Connection } from './connection.ts';

/**
 * Officers find the step on their worklist, which is the list of accepted steps: no system is
 * called.
 */
export const worklist: Connection = {
  isCalled: false,
  send: async ({ db, cipher }, { call, found }) => {
    await loadStep(db, cipher, call, { ...call, fields: found.step.discloses });
    return { kind: 'answered', answer: { kind: 'accepted' } };
  },
  // Officers do it by hand, and a person settles it.
  undo: () => Promise.resolve({ kind: 'answered', answer: { kind: 'failed', code: 'UNDO_BY_PERSON' } }),
  enquire: () => Promise.resolve(undefined),
};
