import { next } from '../../../domain/case/engine.ts';
import { ATTENTION_CODES, type AttentionCode, type Message } from '../../../domain/case/messages.ts';
import { factsOf, whyNotStep, type StepFacts } from '../../../domain/case/run.ts';
import type { CaseState, StepState } from '../../../domain/case/state.ts';
import {
  STEP_ACTIONS,
  STEP_STATUSES,
  isStepEnd,
  situationOf,
  type CaseStatus,
  type Closing,
  type StepAction,
  type StepSituation,
  type StepStatus,
} from '../../../domain/case/status.ts';
import { SUPERVISOR } from './people.ts';
import type { Property } from './walk.ts';

export type Situation = Pick<StepSituation, 'status' | 'undoing' | 'attention'>;

/** Every combination, also those that cannot exist. */
export const SITUATIONS: StepSituation[] = STEP_STATUSES.flatMap((status) =>
  [false, true].flatMap((undoing) =>
    [undefined, ...ATTENTION_CODES].map((attention) => ({ status, undoing, attention, extension: 0 })),
  ),
);

/**
 * What a step was doing when it began to wait for a person: its own work, its undo, or either.
 */
const ABOUT: Record<AttentionCode, readonly ('work' | 'undo')[]> = {
  AGENCY_REJECTED: ['work', 'undo'],
  AGENCY_SETUP: ['work', 'undo'],
  AGENCY_UNREADABLE: ['work', 'undo'],
  REASON_MISSING: ['work'],
  RESULT_INVALID: ['work'],
  DECISION_NOT_OF_KIND: ['work'],
  DECISION_BY_PERSON: ['work'],
  RECORD_MISSED: ['work'],
  RULES_NOT_MET: ['work'],
  STEP_FAULT: ['work', 'undo'],
  CORRECTION_BY_PERSON: ['work'],
  PARCEL_RETURNED: ['work'],
  UNDO_REJECTED: ['undo'],
  UNDO_BY_PERSON: ['undo'],
};

/**
 * Whether a step can be in this situation. The simulator reaches all of these situations and no
 * other one.
 */
export const mayExist = ({ status, undoing, attention }: Situation): boolean => {
  if (status === 'attention') return attention !== undefined && ABOUT[attention].includes(undoing ? 'undo' : 'work');
  return attention === undefined && undoing === (status === 'undoing');
};

/**
 * The actions that move a step to another situation or nearer to its end. Urging changes nothing, and
 * suspending only pauses.
 */
const LEADS_OUT: Record<StepAction, boolean> = {
  decide: true,
  'answer-supplement': true,
  resend: true,
  urge: false,
  extend: false,
  suspend: false,
  resume: true,
  reassign: true,
  redo: true,
  keep: true,
  confirm: true,
  'settle-undo': true,
  'retry-undo': true,
};

type CaseSituation = Pick<CaseState, 'status'> & { closing?: Closing };

export const OPEN: readonly CaseStatus[] = ['submitted', 'accepted'];

/** The actions of people or agencies with which the step leaves its situation. */
export const waysOut = (of: CaseSituation, step: StepSituation): StepAction[] =>
  STEP_ACTIONS.filter((action) => LEADS_OUT[action] && whyNotStep(of, factsFor(step), action) === undefined);

/** A step in this situation. Its round does not matter, because every message has the same one. */
const factsFor = ({ status, undoing, attention, extension, extended }: StepSituation): StepFacts => ({
  ...{ status, undo: undoing, attention, extension, round: 1 },
  ...(extended && { extensionDays: 1 }),
});

/**
 * The only situations without such an action, and what ends each of them:
 * - `waiting`: the engine starts or blocks the step when the steps that it needs have ended; in a
 *   closing case it stops the step at once
 * - `ready`: a material arrives or its time passes, which concerns the case and not the step; in a
 *   closing case as above
 * - `supplement` in a closing case: the engine stops or undoes the step
 */
export const isLedOut = ({ closing }: CaseSituation, { status }: Situation): boolean =>
  status === 'waiting' || status === 'ready' || (status === 'supplement' && closing !== undefined);

/** Neither the engine nor the agency continues here by itself, so each offered action is tried. */
const NEEDS_A_PERSON: ReadonlySet<StepStatus> = new Set(['supplement', 'suspended', 'attention']);

export const WAYS_OUT_PROPERTIES = {
  'no step is in an impossible situation, and each situation has a way out that the engine accepts': (run) => {
    for (const [index, state] of run.states.entries()) {
      const before = run.states[index - 1];
      for (const [id, step] of Object.entries(state.steps)) {
        if (before?.steps[id] === step && before.closing === state.closing) continue;
        const found = judge(state, id, step);
        if (found !== undefined) return `${id} is ${step.status} ${step.attention ?? ''}: ${found}`;
      }
    }
    return undefined;
  },
} satisfies Record<string, Property>;

const judge = (state: CaseState, id: string, step: StepState): string | undefined => {
  const situation = situationOf(factsOf(state, id));
  // Only an undone step keeps the mark. With it, any other end would later look like an undo in
  // progress.
  if (isStepEnd(step.status)) return step.undo && step.status !== 'undone' ? 'an end with an undo' : undefined;
  if (!mayExist(situation)) return `cannot be while ${situation.undoing ? 'it is' : 'it is not'} being undone`;
  const ways = waysOut(state, situation);
  if (ways.length === 0) return isLedOut(state, situation) ? undefined : 'nothing leads out';
  if (!NEEDS_A_PERSON.has(step.status)) return undefined;
  const refused = ways.find((action) => !isCarriedOut(state, id, step, action));
  return refused && `${refused} is offered and leads nowhere`;
};

/** Whether the engine applies the action and the step changes. */
const isCarriedOut = (state: CaseState, id: string, step: StepState, action: StepAction): boolean => {
  const message = messageFor(state, id, step, action);
  const result = next(state, { kind: 'message', at: Number.MAX_SAFE_INTEGER, message });
  const { status, round } = result.state.steps[id]!;
  return result.outcome.kind === 'applied' && (status !== step.status || round !== step.round);
};

const messageFor = (state: CaseState, stepId: string, step: StepState, action: StepAction): Message => {
  const of = { id: 'way-out', by: SUPERVISOR, stepId };
  switch (action) {
    case 'decide':
      return { ...of, kind: 'decision', round: step.round, decision: 'approved' };
    case 'answer-supplement': {
      const items = state.notices[step.noticeId!]!.items.filter(({ answered }) => !answered).map((item) => item.id);
      const { id, by } = of;
      return { id, by, kind: 'supplement-answer', noticeId: step.noticeId!, items, affected: [] };
    }
    case 'confirm':
      return { ...of, kind: 'confirmation' };
    case 'resend':
    case 'urge':
    case 'redo':
    case 'keep':
      return { ...of, kind: action };
    case 'extend':
      return { ...of, kind: 'extension', days: 1 };
    case 'suspend':
      return { ...of, kind: 'suspension', procedure: 'other', expectedDays: 1 };
    case 'resume':
      return { ...of, kind: 'resumption' };
    case 'reassign':
      return { ...of, kind: 'reassignment', to: { agency: 'agency-of-the-way-out' } };
    case 'settle-undo':
      return { ...of, kind: 'undo-settlement', result: 'undone' };
    case 'retry-undo':
      return { ...of, kind: 'undo-retry' };
  }
};
