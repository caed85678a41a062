import type { DecisionKind, RefusalCode } from '../case/messages.ts';
import type { StepKind } from '../case/plan.ts';
import { isUndoing, whyNotAdopt, type CaseStanding, type StepStatus } from '../case/status.ts';

/**
 * The states of an agency's answer that is not part of the record. `pending`: it counts without a
 * person when its step has started; `open`: a person decides about it; the others: a person has
 * decided.
 */
export const ANSWER_STATES = ['pending', 'open', 'adopted', 'dismissed'] as const;
export type AnswerState = (typeof ANSWER_STATES)[number];

export const VERDICTS = ['adopt', 'dismiss'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The facts of an answer on which a verdict depends, with the state of its case and its step. */
export interface AnswerFacts {
  state: AnswerState;
  decision: DecisionKind;
  /** Why it did not count. */
  code?: RefusalCode | 'MESSAGE_ID_REUSED' | undefined;
  case: CaseStanding;
  step: { kind: StepKind; status: StepStatus; round: number; undo?: boolean | undefined };
}

export type VerdictRefusal = RefusalCode | 'ANSWER_DECIDED';

/**
 * Why a person cannot give this verdict; undefined: they can. What a system cannot say cannot be
 * adopted: a person decides instead.
 */
export const whyNotVerdict = (
  { state, decision, code, case: found, step }: AnswerFacts,
  verdict: Verdict,
): VerdictRefusal | undefined => {
  if (state === 'adopted' || state === 'dismissed') return 'ANSWER_DECIDED';
  if (state === 'pending') return 'ACTION_NOT_ALLOWED';
  if (verdict === 'dismiss') return undefined;
  if (code === 'DECISION_BY_PERSON') return code;
  return whyNotAdopt(found, { undoing: isUndoing(step), round: step.round, kind: step.kind }, decision);
};
