import { next } from './engine.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Message, RefusalCode } from './messages.ts';
import { correctionEffect } from './redo.ts';
import { stepOf, type CaseState } from './state.ts';

/** Messages with other values or papers; `affected` are the steps that use them. */
type Change = Extract<Message, { affected: string[] }>;

/**
 * What a change does to a step.
 * - `sent-again`: its agency gets it in a new round
 * - `starts`: it was only waiting for this
 * - `to-person`: its result stands and is put in doubt
 * - `sent-later`: it will be sent with the new values when its turn comes
 * - `none`: it has ended, and nothing comes of it
 */
export const CHANGE_EFFECTS = ['sent-again', 'starts', 'to-person', 'sent-later', 'none'] as const;
export type ChangeEffect = (typeof CHANGE_EFFECTS)[number];

/**
 * What a change would do to each step that uses it or waits for it, by the very rules that will
 * carry it out. Changes nothing.
 */
export const previewChange = (
  state: CaseState,
  message: Change,
  at: number,
): { code?: RefusalCode; steps: { stepId: string; effect: ChangeEffect }[] } => {
  const { outcome, entries } = next(state, { kind: 'message', at, message });
  if (outcome.kind === 'refused') return { code: outcome.code, steps: [] };
  const effects = new Map(entries.flatMap((entry) => effectOf(state, entry)));
  return {
    steps: state.plan.steps.flatMap(({ id: stepId, kind }) => {
      const uses = message.affected.includes(stepId) && stepOf(state, stepId).status !== 'skipped';
      const effect = effects.get(stepId) ?? (uses ? correctionEffect(stepOf(state, stepId), kind) : undefined);
      return effect === undefined ? [] : [{ stepId, effect }];
    }),
  };
};

const effectOf = (state: CaseState, entry: LedgerEntry): [string, ChangeEffect][] => {
  switch (entry.kind) {
    case 'step-redriven':
      return [[entry.stepId, 'sent-again']];
    case 'step-in-doubt':
      return [[entry.stepId, 'to-person']];
    case 'step-submitted':
      return [[entry.stepId, stepOf(state, entry.stepId).round === 0 ? 'starts' : 'sent-again']];
    default:
      return [];
  }
};
