import { fold } from './fold.ts';
import { whyNotDecide } from './late-answers.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Actor, DecisionKind, Message, Outcome, RefusalCode } from './messages.ts';
import { planStepOf, stepOf, type CaseState } from './state.ts';
import {
  caseAllows,
  isCaseEnd,
  situationOf,
  openActions,
  type CaseStanding,
  type SituationFacts,
  type StepAction,
} from './status.ts';

export const APPLIED: Outcome = { kind: 'applied' };

/**
 * Collects the entries of one event. Every entry is folded at once, so that each rule sees the
 * changes of the rule before it.
 */
export class Run {
  readonly entries: LedgerEntry[] = [];
  readonly before: CaseState;
  constructor(
    public state: CaseState,
    readonly at: number,
  ) {
    this.before = state;
  }
  record(entry: LedgerEntry): void {
    this.entries.push(entry);
    this.state = fold(this.state, entry);
  }
}

/** The part of an entry that names the message that led to it. */
export const causeOf = ({ id, by }: { id: string; by: Actor }): { messageId: string; by: Actor } => ({
  messageId: id,
  by,
});

/** A refused message is recorded too: no message is dropped silently. */
export const refuse = (
  run: Run,
  message: { id: string; stepId?: string; decision?: DecisionKind },
  code: RefusalCode,
): Outcome => {
  const { id: messageId, stepId, decision } = message;
  run.record({
    kind: 'message-refused',
    at: run.at,
    messageId,
    code,
    ...(stepId === undefined ? {} : { stepId }),
    ...(decision === undefined ? {} : { decision }),
  });
  return withFirst(run.state, message, { kind: 'refused', code });
};

/** Adds the first decision to the outcome of a second one. */
export const withFirst = (
  state: CaseState,
  message: { id: string; stepId?: string },
  outcome: Extract<Outcome, { kind: 'refused' }>,
): Outcome => {
  const first = message.stepId === undefined ? undefined : state.steps[message.stepId]?.decided;
  return first ? { ...outcome, first } : outcome;
};

/** The facts of a step on which its actions depend: the row of the projection has the same. */
export interface StepFacts extends SituationFacts {
  round: number;
  /** The last decision. */
  decision?: DecisionKind | undefined;
}

/** The facts of a step in its present state. */
export const factsOf = (state: CaseState, stepId: string): StepFacts => {
  const { status, round, undo, attention, decided, clock } = stepOf(state, stepId);
  const { extension = 0 } = planStepOf(state.plan, stepId);
  return {
    status,
    round,
    undo,
    attention,
    decision: decided?.decision,
    extension,
    extensionDays: clock?.extensionDays,
  };
};

/** Why the case cannot be changed now except by the end of its steps; undefined: it is open. */
export const whyNotOpen = ({ status, closing }: CaseStanding): RefusalCode | undefined => {
  if (isCaseEnd(status)) return 'CASE_ENDED';
  return closing === undefined ? undefined : 'CASE_CLOSING';
};

/**
 * Why a person cannot do this to a step; undefined: it is allowed. The only judge of messages about
 * a step, except for answers to supplements (`whyNotAnswer`).
 */
export const whyNotStep = (found: CaseStanding, step: StepFacts, action: StepAction): RefusalCode | undefined => {
  if (action === 'decide') return whyNotDecide(found, step);
  if (!caseAllows(found, action)) return whyNotOpen(found) ?? 'ACTION_NOT_ALLOWED';
  const situation = situationOf(step);
  if (openActions(situation).includes(action)) return undefined;
  return action === 'extend' && situation.extended === true ? 'EXTENDED_BEFORE' : 'ACTION_NOT_ALLOWED';
};

/** The messages about a single step, each with the action that must be allowed. */
type StepMessage = Extract<Message, { stepId: string }>;

/** Judges a message about a step and applies it, or refuses it with the reason. */
export const act = (run: Run, message: StepMessage, action: StepAction, apply: () => void): Outcome => {
  const known = run.state.steps[message.stepId] !== undefined;
  const code = known ? whyNotStep(run.state, factsOf(run.state, message.stepId), action) : 'STEP_UNKNOWN';
  if (code) return refuse(run, message, code);
  apply();
  return APPLIED;
};
