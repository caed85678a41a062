import { caseActions, stepActions, type CaseAction, type Offer, type StepOffer } from '../../../domain/actions.ts';
import { next } from '../../../domain/case/engine.ts';
import type { Message } from '../../../domain/case/messages.ts';
import { factsOf } from '../../../domain/case/run.ts';
import { listOpenGaps, stepOf, type CaseState } from '../../../domain/case/state.ts';
import { whyNotVerdict } from '../../../domain/worklist/verdicts.ts';
import type { Run } from './simulator.ts';
import type { Property } from './walk.ts';

/** An action as it was offered, and the outcome when it was tried. */
export interface Trial {
  what: string;
  offered: string;
  outcome: string;
}

const HEAD = { id: 'trial', by: { role: 'supervisor', id: 'who-tries' } } as const;

/** Without supervision orders, which are not messages: test/api/offers.test.ts tries those. */
const actOnStep = (state: CaseState, stepId: string, action: Exclude<StepOffer, 'order'>): Message => {
  const head = { ...HEAD, stepId };
  const { round, noticeId = 'none' } = stepOf(state, stepId);
  switch (action) {
    case 'decide':
      return { kind: 'decision', ...head, round, decision: 'approved' };
    case 'answer-supplement': {
      const asked = state.notices[noticeId]?.items.filter((item) => item.stepId === stepId) ?? [];
      return { kind: 'supplement-answer', ...HEAD, noticeId, items: asked.map(({ id }) => id), affected: [] };
    }
    case 'extend':
      return { kind: 'extension', ...head, days: 1 };
    case 'suspend':
      return { kind: 'suspension', ...head, procedure: 'hearing', expectedDays: 5 };
    case 'resume':
      return { kind: 'resumption', ...head };
    case 'reassign':
      return { kind: 'reassignment', ...head, to: { agency: 'agency-1' } };
    case 'settle-undo':
      return { kind: 'undo-settlement', ...head, result: 'stands' };
    case 'retry-undo':
      return { kind: 'undo-retry', ...head };
    case 'confirm':
      return { kind: 'confirmation', ...head };
    case 'resend':
    case 'urge':
    case 'redo':
    case 'keep':
      return { kind: action, ...head };
  }
};

const actOnCase = (state: CaseState, action: CaseAction): Message => {
  switch (action) {
    case 'withdraw':
      return { kind: 'withdrawal', ...HEAD };
    case 'terminate':
      return { kind: 'termination', ...HEAD };
    case 'request-supplement':
      return { kind: 'supplement-request', ...HEAD, items: [{ holds: [] }] };
    case 'fill-gap':
      return { kind: 'gap-fill', ...HEAD, materials: listOpenGaps(state) };
    case 'correct':
      return { kind: 'correction', ...HEAD, affected: [] };
  }
};

const outcomeOf = (state: CaseState, at: number, message: Message): string => {
  const { outcome } = next(state, { kind: 'message', at, message });
  return outcome.kind === 'refused' ? outcome.code : outcome.kind;
};

const predict = (offer: Offer<string>): string => (offer.allowed ? 'applied' : offer.because.code);

/** Every action of the case and of one of its steps, as offered and as tried. */
export const trials = (state: CaseState, stepId: string, at: number): Trial[] => {
  const found = { status: state.status, closing: state.closing, gaps: listOpenGaps(state) };
  const { kind } = state.plan.steps.find(({ id }) => id === stepId)!;
  const step = { ...factsOf(state, stepId), stepId, kind };
  const notice = state.notices[stepOf(state, stepId).noticeId ?? 'none'];
  const adoption = { kind: 'adoption', ...HEAD, stepId, adopts: 'answer', decision: 'approved' } as const;
  return [
    ...caseActions(found).map((offer) => ({
      what: offer.action,
      offered: predict(offer),
      outcome: outcomeOf(state, at, actOnCase(state, offer.action)),
    })),
    ...stepActions(found, step, { notice, ordered: false }).flatMap((offer) => {
      if (offer.action === 'order') return [];
      const outcome = outcomeOf(state, at, actOnStep(state, stepId, offer.action));
      return [{ what: offer.action, offered: predict(offer), outcome }];
    }),
    {
      what: 'adopt',
      offered: whyNotVerdict({ state: 'open', decision: 'approved', case: found, step }, 'adopt') ?? 'applied',
      outcome: outcomeOf(state, at, adoption),
    },
  ];
};

/** The seed picks one state and one step: all of them would take too long. */
const trialsOf = (run: Run): Trial[] => {
  const at = run.seed % run.states.length;
  const { id } = run.plan.steps[run.seed % run.plan.steps.length]!;
  return trials(run.states[at]!, id, run.events.length);
};

export const OFFER_PROPERTIES = {
  'an offered action is applied, and any other is refused with the code that was shown': (run) => {
    const wrong = trialsOf(run).find((trial) => trial.offered !== trial.outcome);
    return wrong && `${wrong.what} was offered as ${wrong.offered} and is ${wrong.outcome}`;
  },
} satisfies Record<string, Property>;
