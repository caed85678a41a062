import type { LedgerEntry } from './ledger.ts';
import type { CaseState } from './state.ts';

/** The next run begins with a state of at most some 100 kB. */
const MOST_REFUSALS = 2_000;

/**
 * The state with which a case continues in a new run. If very many messages were refused, those in
 * the ledger are forgotten: the relay finds their outcomes there when it repeats one. Refusals in
 * `unwritten` may not be in the ledger yet and stay.
 */
export const forgetRefusals = (state: CaseState, unwritten: readonly LedgerEntry[]): CaseState => {
  const messages = Object.entries(state.messages);
  if (messages.filter(([, { kind }]) => kind === 'refused').length <= MOST_REFUSALS) return state;
  const recent = new Set(unwritten.flatMap((entry) => (entry.kind === 'message-refused' ? [entry.messageId] : [])));
  return {
    ...state,
    messages: Object.fromEntries(messages.filter(([id, { kind }]) => kind !== 'refused' || recent.has(id))),
  };
};
