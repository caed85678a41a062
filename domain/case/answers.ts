import type { Actor, AttentionCode, DecisionKind } from './messages.ts';
import type { StepKind } from './plan.ts';
import type { StepStatus } from './status.ts';

/** What a kind of step may answer (docs/decisions/0037). */

/** The decisions about an application that an office judges. */
const JUDGED = ['approved', 'refused', 'supplement'] as const satisfies readonly DecisionKind[];

/**
 * The decisions that each kind of step may get. Only the four kinds that judge an application can
 * refuse it; an instant approval that fell to a person is judged like one.
 */
export const ANSWERS = {
  verify: ['approved', 'missed', 'supplement'],
  review: JUDGED,
  approve: JUDGED,
  instant: JUDGED,
  register: JUDGED,
  issue: ['approved', 'supplement'],
  pay: ['approved', 'exempt', 'lapsed', 'supplement'],
  deliver: ['approved', 'returned', 'lapsed'],
  notify: ['approved'],
  consult: JUDGED,
} as const satisfies Record<StepKind, readonly DecisionKind[]>;

/** The decisions that no system can give, besides the refusal of the intake (不予受理). */
const BY_PERSON: Partial<Record<StepKind, readonly DecisionKind[]>> = {
  instant: ['refused'],
  deliver: ['lapsed'],
};

/** A decision that ends its step, and the status of the step then. */
export const ENDS = {
  approved: 'done',
  exempt: 'done',
  refused: 'refused',
  lapsed: 'lapsed',
} as const satisfies Partial<Record<DecisionKind, StepStatus>>;
export type EndingDecision = keyof typeof ENDS;

export const isEnding = (decision: DecisionKind): decision is EndingDecision => decision in ENDS;

/** The step has the result for which it was sent. */
export const isGranted = (decision: DecisionKind | undefined): boolean =>
  decision !== undefined && isEnding(decision) && ENDS[decision] === 'done';

/** The facts of a step on which its possible decisions depend. */
export interface AnsweredStep {
  kind: StepKind;
  /** Its approval accepts the case. */
  isIntake: boolean;
  attention?: AttentionCode | undefined;
}

/** Why the step waits for a person, also while it is suspended. */
export const findAttention = ({
  attention,
  suspension,
}: {
  attention?: AttentionCode | undefined;
  suspension?: { attention?: AttentionCode } | undefined;
}): AttentionCode | undefined => attention ?? suspension?.attention;

const isPerson = (role: Actor['role']): boolean => role !== 'agency' && role !== 'system';

/** Why the sender cannot give this decision about the step; undefined: they can. */
export const whyNotSay = (
  { kind, isIntake, attention }: AnsweredStep,
  role: Actor['role'],
  decision: DecisionKind,
): 'DECISION_NOT_OF_KIND' | 'DECISION_BY_PERSON' | undefined => {
  const possible: readonly DecisionKind[] = ANSWERS[kind];
  if (!possible.includes(decision)) return 'DECISION_NOT_OF_KIND';
  if (isPerson(role)) return undefined;
  const isPersonal = BY_PERSON[kind]?.includes(decision) ?? false;
  const isNotAccepted = isIntake && decision === 'refused';
  // The rules did not hold, so nothing was sent: no approval by a machine counts.
  return isPersonal || isNotAccepted || attention === 'RULES_NOT_MET' ? 'DECISION_BY_PERSON' : undefined;
};

/** The decisions that the sender can give about the step. */
export const listDecisions = (step: AnsweredStep, role: Actor['role']): DecisionKind[] =>
  ANSWERS[step.kind].filter((decision) => whyNotSay(step, role, decision) === undefined);
