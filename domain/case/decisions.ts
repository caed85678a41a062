import { findAttention, isEnding, whyNotSay, type AnsweredStep } from './answers.ts';
import { whyNotDecide } from './late-answers.ts';
import type { AnswerPath } from './ledger.ts';
import type {
  Actor,
  DecisionFault,
  DecisionKind,
  Digest,
  GivenResult,
  Message,
  Outcome,
  RefusalCode,
  StepAnswer,
} from './messages.ts';
import { redriveReaders } from './redo.ts';
import type { Run } from './run.ts';
import { act, APPLIED, causeOf, factsOf, refuse } from './run.ts';
import { agencyOf, planStepOf, stepOf, type CaseState, type StepState } from './state.ts';
import { isCaseEnd, isStepEnd, isUndoing, whyNotAdopt, whyNotReopen } from './status.ts';
import { chooseNotice, findGatheringNotice } from './supplement-notice.ts';

/** A decision about a step, by its agency, an officer or a person who decides in their place. */
export interface Decision extends Partial<GivenResult> {
  id: string;
  by: Actor;
  stepId: string;
  round: number;
  decision: DecisionKind;
  items?: number;
  digest?: Digest;
  /** A refusal that gives no reason, or no basis for its ground. */
  unreasoned?: true;
}

/** The number of things that an agency may ask for in one round of a step. */
export const MOST_ITEMS = 50;

export const decide = (run: Run, message: Decision, via: AnswerPath): Outcome => {
  // A reply may have the id of a message that was refused: now it is the answer to our own
  // question.
  if (run.state.messages[message.id]?.kind === 'applied') return { kind: 'repeated' };
  const step = run.state.steps[message.stepId];
  if (!step) return refuse(run, message, 'STEP_UNKNOWN');
  if (isRepeated(step, message)) return { kind: 'repeated' };
  if (message.decision === 'returned' && whyNotCount(run.state, message) === undefined) {
    return returnParcel(run, message, via);
  }
  const code = whyNotDecide(run.state, factsOf(run.state, message.stepId), message.round);
  if (code && !joinsNotice(run.state, message)) return refuse(run, message, code);
  const fault = whyNotCount(run.state, message);
  if (fault) return holdForPerson(run, message, fault);
  if (message.decision === 'missed' && isMissed(run.state, message.stepId)) {
    return refuse(run, message, 'STEP_ALREADY_DECIDED');
  }
  record(run, message, via);
  return APPLIED;
};

/** Why a decision does not count although the step can be decided now. */
const whyNotCount = (
  state: CaseState,
  { stepId, by, decision, unreasoned, faultyFields }: Decision,
): Fault | undefined => {
  const code = whyNotSay(answeredStepOf(state, stepId), by.role, decision);
  if (code) return { code };
  if (unreasoned) return { code: 'REASON_MISSING' };
  // An approval counts only with its whole result: later steps depend on it.
  return faultyFields && { code: 'RESULT_INVALID', fields: faultyFields };
};

interface Fault {
  code: DecisionFault;
  /** The fields of the result that are missing or wrong. */
  fields?: string[];
}

const answeredStepOf = (state: CaseState, stepId: string): AnsweredStep => ({
  kind: planStepOf(state.plan, stepId).kind,
  isIntake: stepId === state.plan.acceptedBy,
  attention: findAttention(stepOf(state, stepId)),
});

/**
 * A decision that its kind of step cannot get, or that does not say what it must, does not count. The
 * answer of a system is in the review queue, and its step waits for a person or for another answer.
 */
const holdForPerson = (run: Run, message: Decision, fault: Fault): Outcome => {
  const outcome = refuse(run, message, fault.code);
  const { stepId, round, by } = message;
  // A step that waits for a person already keeps its cause.
  if (by.role === 'agency' && findAttention(stepOf(run.state, stepId)) === undefined) {
    run.record({ kind: 'step-attention', at: run.at, stepId, round, ...fault });
  }
  return outcome;
};

/**
 * The author has made this decision about this round before, with the same texts. With other texts
 * it is another decision.
 */
const isRepeated = ({ round, decided, askedBefore = [] }: StepState, message: Decision): boolean =>
  round === message.round &&
  [...(decided ? [decided] : []), ...askedBefore].some(
    ({ decision, by, digest }) =>
      decision === message.decision &&
      digest === message.digest &&
      by.role === message.by.role &&
      by.id === message.by.id,
  );

/**
 * An agency that has asked for missing things asks for others while the notice still gathers: the
 * applicant is told of all at once (一次性告知).
 */
const joinsNotice = (state: CaseState, { stepId, round, decision, items = 1 }: Decision): boolean => {
  const step = stepOf(state, stepId);
  return (
    decision === 'supplement' &&
    step.status === 'supplement' &&
    step.round === round &&
    step.noticeId !== undefined &&
    step.noticeId === findGatheringNotice(state) &&
    countItems(state, step.noticeId, { stepId, round }) + items <= MOST_ITEMS
  );
};

/** The number of things for which a step has asked in a round. */
const countItems = (state: CaseState, noticeId: string, asked: { stepId: string; round: number }): number =>
  state.notices[noticeId]?.items.filter(({ id }) => id.startsWith(itemIdsOf(asked))).length ?? 0;

/** The beginning of the ids of the items of a step in a round. */
const itemIdsOf = ({ stepId, round }: { stepId: string; round: number }): string => `${stepId}:${round}:`;

/**
 * A parcel comes back before or after the delivery was reported. It waits until a person sends it
 * again, corrects its address or gives it up. A case that has ended is reopened for it.
 */
const returnParcel = (run: Run, message: Decision, via: AnswerPath): Outcome => {
  const code = whyNotReturn(run.state, message);
  if (code) return refuse(run, message, code);
  const of = { at: run.at, ...causeOf(message) };
  if (isCaseEnd(run.state.status)) run.record({ kind: 'case-reopened', ...of });
  const { stepId, round } = message;
  run.record({ kind: 'parcel-returned', stepId, round, via, ...of, ...digestOf(message) });
  return APPLIED;
};

const whyNotReturn = (state: CaseState, message: Decision): RefusalCode | undefined => {
  const step = stepOf(state, message.stepId);
  const isDelivered = step.status === 'done' && step.round === message.round && !step.undo;
  if (isDelivered) return whyNotReopen(state);
  if (step.attention === 'PARCEL_RETURNED') return 'STEP_ALREADY_DECIDED';
  return whyNotDecide(state, factsOf(state, message.stepId), message.round);
};

const record = (run: Run, message: Decision, via: AnswerPath): void => {
  const { stepId, round, decision, items: count = 1 } = message;
  const of = { at: run.at, stepId, round, via, ...causeOf(message), ...digestOf(message) };
  if (decision === 'supplement') {
    const noticeId = chooseNotice(run.state);
    const first = countItems(run.state, noticeId, message) + 1;
    const items = Array.from({ length: count }, (_, index) => `${itemIdsOf(message)}${first + index}`);
    run.record({ kind: 'supplement-wanted', noticeId, items, ...of });
    return;
  }
  if (decision === 'missed') {
    run.record({ kind: 'record-missed', ...of });
    return;
  }
  // `returnParcel` records the other decision that ends nothing.
  if (!isEnding(decision)) return;
  const byPapers = decision === 'approved' && message.by.role !== 'agency' && isMissed(run.state, stepId);
  run.record({ kind: 'step-decided', decision, ...(byPapers && { byPapers }), ...of, ...resultOf(message) });
  followDecision(run, message, decision);
};

/** The effects of a decision: the approval of the intake accepts the case, and readers get the result. */
const followDecision = (run: Run, message: { id: string; by: Actor; stepId: string }, decision: DecisionKind): void => {
  const { stepId } = message;
  redriveReaders(run, stepId, message);
  if (stepId === run.state.plan.acceptedBy && decision === 'approved' && run.state.status === 'submitted') {
    run.record({ kind: 'case-accepted', at: run.at });
  }
};

const isMissed = (state: CaseState, stepId: string): boolean =>
  findAttention(stepOf(state, stepId)) === 'RECORD_MISSED';

const resultOf = ({ result }: { result?: Digest }): { result?: Digest } => (result === undefined ? {} : { result });

const digestOf = ({ digest }: Decision): { digest?: Digest } => (digest === undefined ? {} : { digest });

/**
 * Lost tasks may have asked for several rounds of a step. We have never sent a round with a larger
 * number.
 */
const MOST_ROUNDS_LOST = 3;

/**
 * Whether a message comes too early: an agency, or one of its officers, decides a round that this
 * run of the case has not begun. The round was sent in a workflow task that was lost, and will be
 * sent again with the same key. The message must be dispatched again later.
 */
export const isTooEarly = (state: CaseState, message: Message): boolean => {
  if (message.kind !== 'decision') return false;
  if (message.by.role !== 'agency' && message.by.role !== 'officer') return false;
  // Also if the step or the case has ended: the lost task may have sent the step again.
  const ahead = message.round - (state.steps[message.stepId]?.round ?? message.round);
  return ahead > 0 && ahead <= MOST_ROUNDS_LOST;
};

/**
 * The reply to our own request. If the step has moved on, the reply changes nothing; a decision in
 * it is kept.
 */
export const takeAnswer = (run: Run, stepId: string, round: number, answer: StepAnswer): void => {
  if (answer.kind === 'decided') {
    const { kind: _decided, messageId: id, ...said } = answer;
    const by: Actor = { role: 'agency', id: agencyOf(run.state, stepId) };
    decide(run, { id, by, stepId, round, ...said }, 'reply');
    return;
  }
  const step = stepOf(run.state, stepId);
  if (step.status !== 'submitted' || step.round !== round) return;
  const of = { at: run.at, stepId, round };
  if (answer.kind === 'accepted') run.record({ kind: 'step-accepted', ...of });
  else if (answer.kind === 'parked') run.record({ kind: 'step-parked', ...of });
  else run.record({ kind: 'step-attention', code: answer.code, ...of });
};

/**
 * A person makes an answer that was kept beside the record (late, or in contradiction to the first)
 * the decision of the step: in the open round, or in a new one if the step has ended. A case that
 * has ended is reopened for it.
 */
export const adopt = (run: Run, message: Extract<Message, { kind: 'adoption' }>): Outcome => {
  const { stepId, decision, id, by } = message;
  const step = run.state.steps[stepId];
  if (!step) return refuse(run, message, 'STEP_UNKNOWN');
  const { kind } = planStepOf(run.state.plan, stepId);
  const reason = whyNotAdopt(run.state, { undoing: isUndoing(step), round: step.round, kind }, decision);
  if (reason) return refuse(run, message, reason);
  if (isCaseEnd(run.state.status)) run.record({ kind: 'case-reopened', at: run.at, ...causeOf(message) });
  const again = isStepEnd(step.status);
  const round = again ? step.round + 1 : step.round;
  if (again) run.record({ kind: 'step-redone', at: run.at, stepId, round, ...causeOf(message) });
  const of = { stepId, round, decision, via: 'adoption' as const, messageId: id, by, ...resultOf(message) };
  run.record({ kind: 'step-decided', at: run.at, ...of });
  followDecision(run, message, decision);
  return APPLIED;
};

/** A person saw the papers that prove what the register did not have: it counts as found. */
export const confirm = (run: Run, message: Extract<Message, { kind: 'confirmation' }>): Outcome =>
  act(run, message, 'confirm', () => {
    const { stepId } = message;
    const { round } = stepOf(run.state, stepId);
    const of = { at: run.at, stepId, round, via: 'message' as const, ...causeOf(message), ...resultOf(message) };
    run.record({ kind: 'step-decided', decision: 'approved', byPapers: true, ...of });
    followDecision(run, message, 'approved');
  });
