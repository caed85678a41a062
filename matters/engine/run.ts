import { fold } from './fold.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Actor, DecisionKind, Message, Outcome, RefusalCode } from './messages.ts';
import { planStepOf, stepOf, type CaseState } from './state.ts';
import { caseAllows, isCaseEnd, situationOf, stepActions, type StepAction, type StepSituation } from './status.ts';

export const APPLIED: Outcome = { kind: 'applied' };

/** Collects the entries of one event; every entry is folded at once, so that each rule sees what the one before it did. */
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

/** What an entry that a message leads to says of it. */
export const because = ({ id, by }: { id: string; by: Actor }): { messageId: string; by: Actor } => ({
  messageId: id,
  by,
});

/** A refused message is recorded too: nobody's word is dropped in silence. */
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

/** Adds who was first, for the one who was second. */
export const withFirst = (
  state: CaseState,
  message: { id: string; stepId?: string },
  outcome: Extract<Outcome, { kind: 'refused' }>,
): Outcome => {
  const first = message.stepId === undefined ? undefined : state.steps[message.stepId]?.decided;
  return first ? { ...outcome, first } : outcome;
};

/** Why nothing but the end of what is under way can be asked of the case now; undefined: it is open. */
export const whyNotOpen = ({ status, closing }: Pick<CaseState, 'status' | 'closing'>): RefusalCode | undefined => {
  if (isCaseEnd(status)) return 'CASE_ENDED';
  return closing === undefined ? undefined : 'CASE_CLOSING';
};

/** Why a person cannot do this to a step in this situation; undefined: it is allowed. The one judge of the actions on steps. */
export const whyNotStep = (
  found: Pick<CaseState, 'status' | 'closing'>,
  step: StepSituation,
  action: StepAction,
): RefusalCode | undefined => {
  if (!caseAllows(found, action)) return whyNotOpen(found) ?? 'ACTION_NOT_ALLOWED';
  if (stepActions(step).includes(action)) return undefined;
  return action === 'extend' && step.extended === true ? 'EXTENDED_BEFORE' : 'ACTION_NOT_ALLOWED';
};

/** The same for a step of the case as it stands. */
const whyNotAct = (state: CaseState, stepId: string, action: StepAction): RefusalCode | undefined =>
  state.steps[stepId] ? whyNotStep(state, situationIn(state, stepId), action) : 'STEP_UNKNOWN';

/** The situation of a step of the case as it stands. */
export const situationIn = (state: CaseState, stepId: string): StepSituation => {
  const step = stepOf(state, stepId);
  const { extension } = planStepOf(state.plan, stepId);
  return situationOf({ ...step, extension, extensionDays: step.clock?.extensionDays });
};

/** The messages that do something to one step, and what each needs to be allowed. */
type StepMessage = Extract<Message, { stepId: string }>;

/** Judges a message about a step and applies it, or refuses it with the reason. */
export const act = (run: Run, message: StepMessage, action: StepAction, apply: () => void): Outcome => {
  const code = whyNotAct(run.state, message.stepId, action);
  if (code) return refuse(run, message, code);
  apply();
  return APPLIED;
};
