import type { LedgerEntry, Via } from './ledger.ts';
import type { Actor, CaseEvent, DecisionKind, Message, Outcome, RefusalCode, StepAnswer } from './messages.ts';
import { readiness } from './needs.ts';
import { PERSONAL_UNDO, type Plan, type PlanStep, type UndoClass } from './plan.ts';
import { emptyCase, fold, stepOf, type CaseState } from './state.ts';
import { isCaseEnd, isStepEnd, stepActions, type CaseEnd } from './status.ts';
import { dueUndos, withdrawalOf } from './undo.ts';

/**
 * The case engine: what a case does next, and nothing else. Pure: no clock, no I/O, no Temporal. An event leads to ledger
 * entries, the entries to the next state (`fold`) and to the effects; so the ledger alone gives the state back.
 */
export interface Next {
  state: CaseState;
  entries: LedgerEntry[];
  effects: Effect[];
  outcome: Outcome;
}

/** What the shell is to do. A step's effect key is case, step and round. */
export type Effect =
  | { kind: 'submit'; stepId: string; agency: string; round: number; at: number }
  /** Stop trying to send: the step was decided otherwise, or is taken back. */
  | { kind: 'cancel-submit'; stepId: string; round: number }
  | { kind: 'undo'; stepId: string; agency: string; round: number; at: number; class: UndoClass };

const APPLIED: Outcome = { kind: 'applied' };

/** A case as the front door recorded it: its first ledger entry is there, nothing has started. */
export const begin = (plan: Plan): CaseState => ({ ...emptyCase(plan), seq: 1 });

export const next = (state: CaseState, event: CaseEvent): Next => {
  const run = new Run(state, event.at);
  const outcome = respond(run, event);
  cascade(run);
  return {
    state: run.state,
    entries: run.entries,
    effects: run.entries.flatMap((entry) => effectsOf(run, entry)),
    outcome,
  };
};

/** Collects entries; every entry is folded at once, so that each rule sees what the one before it did. */
class Run {
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

const respond = (run: Run, event: CaseEvent): Outcome => {
  switch (event.kind) {
    case 'started':
      if (run.state.plan.acceptedBy === undefined) run.record({ kind: 'case-accepted', at: run.at });
      return APPLIED;
    case 'answered':
      answered(run, event.stepId, event.round, event.answer);
      return APPLIED;
    case 'undo-answered':
      undoAnswered(run, event);
      return APPLIED;
    case 'delivered':
      return delivered(run, event.message);
  }
};

/** The reply to our own request. A reply that comes when the step has moved on changes nothing; a decision in it is kept. */
const answered = (run: Run, stepId: string, round: number, answer: StepAnswer): void => {
  const step = stepOf(run.state, stepId);
  if (answer.kind === 'decided') {
    const agency = planStep(run.state.plan, stepId).agency;
    const { decision, messageId } = answer;
    decide(run, { id: messageId, stepId, round, decision, by: { role: 'agency', id: agency } }, 'reply');
    return;
  }
  if (step.status !== 'submitted' || step.round !== round) return;
  if (answer.kind === 'accepted') run.record({ kind: 'step-accepted', at: run.at, stepId, round });
  else run.record({ kind: 'step-attention', at: run.at, stepId, round, code: answer.code });
};

const undoAnswered = (run: Run, event: Extract<CaseEvent, { kind: 'undo-answered' }>): void => {
  const { stepId, round, answer } = event;
  if (stepOf(run.state, stepId).status !== 'undoing') return;
  if (answer.kind === 'undone') run.record({ kind: 'step-undone', at: run.at, stepId, round });
  else run.record({ kind: 'step-attention', at: run.at, stepId, round, code: answer.code });
};

const delivered = (run: Run, message: Message): Outcome => {
  const before = run.state.messages[message.id];
  if (before) return before.kind === 'refused' ? withFirst(run.state, message, before) : { kind: 'repeated' };
  switch (message.kind) {
    case 'decision':
      return decide(run, message, 'message');
    case 'supplement-answer':
      return answerSupplement(run, message);
    case 'withdrawal':
      return withdraw(run, message);
    case 'resend':
      return resend(run, message);
    case 'undo-settlement':
      return settleUndo(run, message);
  }
};

interface Decision {
  id: string;
  stepId: string;
  round: number;
  decision: DecisionKind;
  by: Actor;
}

const decide = (run: Run, message: Decision, via: Via): Outcome => {
  // A reply may bear the id of a message that was refused: now it is the answer to our own question.
  if (run.state.messages[message.id]?.kind === 'applied') return { kind: 'repeated' };
  const step = run.state.steps[message.stepId];
  if (!step) return refuse(run, message, 'STEP_UNKNOWN');
  if (step.decided && step.decided.decision === message.decision && isRoundOf(step.decided, step.round, message)) {
    return { kind: 'repeated' };
  }
  const code = whyNotDecide(run.state, message);
  if (code) return refuse(run, message, code);

  const { id: messageId, stepId, round, by } = message;
  if (message.decision === 'supplement') {
    const supplementId = `${stepId}:${round}`;
    run.record({ kind: 'supplement-wanted', at: run.at, stepId, round, supplementId, messageId, by, via });
  } else {
    run.record({ kind: 'step-decided', at: run.at, stepId, round, decision: message.decision, messageId, by, via });
    if (stepId === run.state.plan.acceptedBy && message.decision === 'approved') {
      run.record({ kind: 'case-accepted', at: run.at });
    }
  }
  return APPLIED;
};

/**
 * Whether a message is too early to be judged: an agency, or an officer of it, decides a round that this run of the case
 * has not begun. It was asked in a workflow task that is lost, and will be asked again under the same key. Whoever delivers must come again later.
 */
export const isTooEarly = (state: CaseState, message: Message): boolean => {
  if (message.kind !== 'decision' || isCaseEnd(state.status)) return false;
  if (message.by.role !== 'agency' && message.by.role !== 'officer') return false;
  const step = state.steps[message.stepId];
  return step !== undefined && !isStepEnd(step.status) && message.round === step.round + 1;
};

/** The same agency says the same thing about the same round again. */
const isRoundOf = (decided: { by: Actor }, round: number, message: Decision): boolean =>
  round === message.round && decided.by.role === message.by.role && decided.by.id === message.by.id;

const whyNotDecide = (state: CaseState, { stepId, round }: Decision): RefusalCode | undefined => {
  const step = stepOf(state, stepId);
  if (isCaseEnd(state.status)) return 'CASE_ENDED';
  if (step.undo) return 'STEP_BEING_UNDONE';
  if (step.status === 'waiting' || step.status === 'ready') return 'STEP_NOT_STARTED';
  if (round !== step.round) return 'ROUND_STALE';
  if (stepActions(step.status, false).includes('decide')) return undefined;
  return step.decided ? 'STEP_ALREADY_DECIDED' : 'STEP_ENDED';
};

const answerSupplement = (run: Run, message: Extract<Message, { kind: 'supplement-answer' }>): Outcome => {
  const supplement = run.state.supplements[message.supplementId];
  if (!supplement) return refuse(run, message, 'SUPPLEMENT_UNKNOWN');
  if (supplement.answered) return refuse(run, message, 'SUPPLEMENT_ALREADY_ANSWERED');
  const { stepId } = supplement;
  const step = stepOf(run.state, stepId);
  if (!stepActions(step.status, isUndoing(run.state, stepId)).includes('answer-supplement')) {
    return refuse(run, { ...message, stepId }, isCaseEnd(run.state.status) ? 'CASE_ENDED' : 'ACTION_NOT_ALLOWED');
  }
  const { supplementId, id: messageId, by } = message;
  run.record({ kind: 'supplement-answered', at: run.at, stepId, supplementId, messageId, by });
  run.record({ kind: 'step-submitted', at: run.at, stepId, round: step.round + 1 });
  return APPLIED;
};

const withdraw = (run: Run, message: Extract<Message, { kind: 'withdrawal' }>): Outcome => {
  const code = whyNotWithdraw(run.state);
  if (code) return refuse(run, message, code);
  run.record({ kind: 'withdrawal-requested', at: run.at, messageId: message.id, by: message.by });
  return APPLIED;
};

/** Why the case cannot be withdrawn now; undefined: it can. */
export const whyNotWithdraw = (state: CaseState): RefusalCode | undefined => {
  if (isCaseEnd(state.status)) return 'CASE_ENDED';
  return state.withdrawing ? 'WITHDRAWAL_UNDER_WAY' : undefined;
};

const resend = (run: Run, message: Extract<Message, { kind: 'resend' }>): Outcome => {
  const { stepId, id: messageId, by } = message;
  const step = run.state.steps[stepId];
  if (!step) return refuse(run, message, 'STEP_UNKNOWN');
  if (!stepActions(step.status, isUndoing(run.state, stepId)).includes('resend')) {
    return refuse(run, message, isCaseEnd(run.state.status) ? 'CASE_ENDED' : 'ACTION_NOT_ALLOWED');
  }
  run.record({ kind: 'step-resent', at: run.at, stepId, round: step.round, messageId, by });
  return APPLIED;
};

const settleUndo = (run: Run, message: Extract<Message, { kind: 'undo-settlement' }>): Outcome => {
  const { stepId, id: messageId, result, by } = message;
  const step = run.state.steps[stepId];
  if (!step) return refuse(run, message, 'STEP_UNKNOWN');
  if (!stepActions(step.status, isUndoing(run.state, stepId)).includes('settle-undo')) {
    return refuse(run, message, isCaseEnd(run.state.status) ? 'CASE_ENDED' : 'ACTION_NOT_ALLOWED');
  }
  run.record({ kind: 'undo-settled', at: run.at, stepId, round: step.round, result, messageId, by });
  return APPLIED;
};

/** An undo of the step is under way or waits for a person. */
const isUndoing = (state: CaseState, stepId: string): boolean => {
  const step = stepOf(state, stepId);
  return step.undo === true && !isStepEnd(step.status);
};

/** A refused message is recorded too: nobody's word is dropped in silence. */
const refuse = (
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
const withFirst = (
  state: CaseState,
  message: { id: string; stepId?: string },
  outcome: Extract<Outcome, { kind: 'refused' }>,
): Outcome => {
  const first = message.stepId === undefined ? undefined : state.steps[message.stepId]?.decided;
  return first ? { ...outcome, first } : outcome;
};

/** What follows by itself, until nothing more does: steps start, are blocked, are taken back; the case ends. */
const cascade = (run: Run): void => {
  if (isCaseEnd(run.state.status)) return;
  let before: CaseState;
  do {
    before = run.state;
    stopWithdrawn(run);
    startAndBlock(run);
    for (const step of dueUndos(run.state)) startUndo(run, step);
  } while (run.state !== before);
  const steps = Object.values(run.state.steps);
  if (steps.every((step) => isStepEnd(step.status))) {
    run.record({ kind: 'case-ended', at: run.at, status: endOf(run.state) });
  }
};

const stopWithdrawn = (run: Run): void => {
  if (!run.state.withdrawing) return;
  for (const step of run.state.plan.steps) {
    const now = withdrawalOf(run.state, step);
    if (now !== 'not-started' && (now !== 'stopped' || isUndoing(run.state, step.id))) continue;
    run.record({ kind: 'step-stopped', at: run.at, stepId: step.id });
  }
};

const startAndBlock = (run: Run): void => {
  for (const step of run.state.plan.steps) {
    if (stepOf(run.state, step.id).status !== 'waiting') continue;
    const ready = readiness(run.state, step);
    if (ready.kind === 'met') run.record({ kind: 'step-submitted', at: run.at, stepId: step.id, round: 1 });
    if (ready.kind === 'failed') {
      run.record({ kind: 'step-blocked', at: run.at, stepId: step.id, because: ready.because });
    }
  }
};

const startUndo = (run: Run, step: PlanStep): void => {
  const { round } = stepOf(run.state, step.id);
  run.record({ kind: 'undo-started', at: run.at, stepId: step.id, round, class: step.undo.class });
  if (PERSONAL_UNDO.includes(step.undo.class)) {
    run.record({ kind: 'step-attention', at: run.at, stepId: step.id, round, code: 'UNDO_BY_PERSON' });
  }
};

const endOf = (state: CaseState): CaseEnd => {
  if (state.withdrawing) return 'withdrawn';
  // 不予受理: the intake was refused, or what it waits for was.
  if (state.status === 'submitted') return 'not-accepted';
  const steps = state.plan.steps.map((step) => ({ kind: step.kind, status: stepOf(state, step.id).status }));
  if (steps.every(({ status }) => status === 'done' || status === 'skipped')) return 'completed';
  const gained = steps.some(({ kind, status }) => status === 'done' && RESULTS.has(kind));
  return gained && state.plan.partial ? 'partially-completed' : 'refused';
};

/** The kinds of step that give the applicant something; a check or a notice alone is no partial result. */
const RESULTS: ReadonlySet<PlanStep['kind']> = new Set(['approve', 'instant', 'register', 'issue']);

const effectsOf = (run: Run, entry: LedgerEntry): Effect[] => {
  switch (entry.kind) {
    case 'step-submitted':
    case 'step-resent': {
      const { stepId, round } = entry;
      const { agency } = planStep(run.state.plan, stepId);
      const submit: Effect = { kind: 'submit', stepId, agency, round, at: entry.at };
      return entry.kind === 'step-resent' ? [...cancelSubmit(run, stepId), submit] : [submit];
    }
    case 'step-decided':
    case 'supplement-wanted':
      return entry.via === 'message' ? cancelSubmit(run, entry.stepId) : [];
    case 'step-stopped':
    case 'undo-settled':
      return cancelSubmit(run, entry.stepId);
    case 'undo-started': {
      const { stepId, round } = entry;
      const agency = planStep(run.state.plan, stepId).agency;
      const undo: Effect[] = PERSONAL_UNDO.includes(entry.class)
        ? []
        : [{ kind: 'undo', stepId, agency, round, at: entry.at, class: entry.class }];
      return [...cancelSubmit(run, stepId), ...undo];
    }
    default:
      return [];
  }
};

/** Sending goes on only for a step that was sent before this event and not yet answered. */
const cancelSubmit = (run: Run, stepId: string): Effect[] => {
  const before = stepOf(run.before, stepId);
  return before.status === 'submitted' ? [{ kind: 'cancel-submit', stepId, round: before.round }] : [];
};

const planStep = (plan: Plan, stepId: string): PlanStep => {
  const step = plan.steps.find((candidate) => candidate.id === stepId);
  if (!step) throw new Error(`no step ${stepId} in ${plan.matter} version ${plan.version}`);
  return step;
};
