import { expect, it } from 'vitest';
import { begin } from '../../../domain/case/engine.ts';
import { forgetRefusals } from '../../../domain/case/forget-refusals.ts';
import type { LedgerEntry } from '../../../domain/case/ledger.ts';
import type { Outcome } from '../../../domain/case/messages.ts';
import { branchingPlan } from '../../support/matters.ts';

const refused: Outcome = { kind: 'refused', code: 'CASE_CLOSING' };
const refusalOf = (messageId: string): LedgerEntry => ({
  kind: 'message-refused',
  at: 1,
  messageId,
  code: 'CASE_CLOSING',
});
const stateWith = (refusals: number) => ({
  ...begin(branchingPlan(), 0),
  messages: {
    applied: { kind: 'applied' as const },
    ...Object.fromEntries(Array.from({ length: refusals }, (_, count) => [`again-${count}`, refused])),
  },
});

it('keeps all messages of an ordinary case', () => {
  const state = stateWith(2_000);
  expect(forgetRefusals(state, [])).toBe(state);
});

it('forgets very many refused messages, but none that was applied or may not be in the ledger', () => {
  const { messages } = forgetRefusals(stateWith(2_001), [refusalOf('again-7'), refusalOf('again-2000')]);
  expect(messages).toEqual({ applied: { kind: 'applied' }, 'again-7': refused, 'again-2000': refused });
});
