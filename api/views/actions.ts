import type { CaseRow } from '../../db/cases/cases.ts';
import { listNotices, type NoticeRow } from '../../db/cases/notices.ts';
import type { CaseOfStep, StepRow } from '../../db/cases/steps.ts';
import { listStepsWithOrder, type OrderRow } from '../../db/supervision/orders.ts';
import {
  allowedOf,
  answerActions,
  caseActions,
  orderActions,
  stepActions,
  type CaseAction,
  type Offer,
  type StepOffer,
} from '../../domain/actions.ts';
import { findOthersClaim } from '../../domain/worklist/claims.ts';
import type { OrderAction } from '../../domain/supervision/orders.ts';
import type { Verdict } from '../../domain/worklist/verdicts.ts';
import type { ReviewAnswer } from '../../db/worklist/review-queue.ts';
import type { Deps } from '../deps.ts';
import { accountsOf } from '../../identity/cover.ts';
import { actorOf } from '../../identity/caller.ts';
import { can, type Action, type Resource } from '../policy.ts';
import type { Caller } from '../../identity/caller.ts';

/**
 * The offers of the domain (domain/actions.ts) for one caller. The API adds no rule to them. It
 * leaves out the actions to which the caller has no right, also where another role has it: the list
 * is what this caller does, and docs/actions.md is what anyone can do.
 */

const CASE_RIGHTS: Record<CaseAction, Action> = {
  withdraw: 'withdrawal.request',
  'request-supplement': 'supplement.request',
  'fill-gap': 'gap.fill',
  correct: 'case.correct',
  terminate: 'case.terminate',
};

/** The rights of which one lets a caller do this to a step. */
const STEP_RIGHTS: Record<StepOffer, readonly Action[]> = {
  decide: ['task.decide', 'step.decide'],
  'answer-supplement': ['supplement.answer'],
  resend: ['step.resend'],
  urge: ['step.urge'],
  extend: ['step.extend'],
  suspend: ['task.decide', 'step.suspend'],
  resume: ['task.decide', 'step.suspend'],
  reassign: ['step.reassign'],
  redo: ['step.redo'],
  keep: ['step.keep'],
  confirm: ['step.confirm'],
  'settle-undo': ['step.settle-undo'],
  'retry-undo': ['step.settle-undo'],
  order: ['order.open'],
};

/** The right that an action on a supervision order needs. */
export const orderRights = (action: OrderAction): Action =>
  action === 'answer' || action === 'contest' ? 'order.reply' : 'order.judge';

/**
 * A step as the policy sees it. A step whose division no office serves belongs to no agency, and is
 * supervised where its case was accepted.
 */
export const stepResource = ({ region }: Pick<CaseRow, 'region'>, { agency, division, unserved }: StepRow): Resource =>
  unserved ? { region, agencies: [] } : { region, division, agencies: [agency] };

export const caseOffers = (caller: Caller, found: CaseRow): Offer<CaseAction>[] =>
  caseActions(found).filter(({ action }) => can(caller, CASE_RIGHTS[action], { region: found.region, agencies: [] }));

/** What the actions of a case's steps depend on besides the rows of the steps. */
export interface StepsContext {
  notices: readonly NoticeRow[];
  /** The steps that have a supervision order in progress. */
  ordered: ReadonlySet<string>;
  /**
   * The officers whose tasks the caller may act on: the caller, and the officers whom the caller
   * covers. Absent for callers who are no officers: claims do not bind them.
   */
  accounts?: readonly string[];
  now: number;
}

export const readStepsContext = async (deps: Deps, caller: Caller, caseId: string): Promise<StepsContext> => {
  const [notices, ordered, accounts] = await Promise.all([
    listNotices(deps.pool, caseId),
    listStepsWithOrder(deps.pool, caseId),
    caller.role === 'officer' ? accountsOf(deps.pool, caller) : undefined,
  ]);
  return { notices, ordered, ...(accounts && { accounts }), now: deps.now() };
};

export const stepOffers = (
  caller: Caller,
  found: CaseOfStep,
  step: StepRow,
  { notices, ordered, accounts, now }: StepsContext,
): Offer<StepOffer>[] => {
  const context = {
    notice: notices.find(({ id }) => id === step.noticeId),
    ordered: ordered.has(step.stepId),
    claimed: accounts && findOthersClaim(step, accounts, now),
  };
  return stepActions(found, step, context).filter(({ action }) => mayOnStep(caller, found, step, action));
};

/** Whether the caller has a right to do this to the step. */
export const mayOnStep = (caller: Caller, found: Pick<CaseRow, 'region'>, step: StepRow, action: StepOffer): boolean =>
  STEP_RIGHTS[action].some((right) => can(caller, right, stepResource(found, step)));

/** The actions that the caller can do with a step now, for the answer to a refused request. */
export const allowedOnStep = async (
  deps: Deps,
  caller: Caller,
  found: CaseOfStep,
  step: StepRow,
): Promise<StepOffer[]> =>
  allowedOf(stepOffers(caller, found, step, await readStepsContext(deps, caller, step.caseId)));

export const orderOffers = (caller: Caller, order: OrderRow, now: number): Offer<OrderAction>[] => {
  const resource = { region: order.region, agencies: [order.agency] };
  return orderActions(order, actorOf(caller), now).filter(({ action }) => can(caller, orderRights(action), resource));
};

/** A kept answer as the policy sees it. */
export const answerResource = ({ region, division, step }: ReviewAnswer): Resource => ({
  region,
  division,
  agencies: [step.agency],
});

export const answerOffers = (caller: Caller, kept: ReviewAnswer): Offer<Verdict>[] =>
  can(caller, 'review-queue.decide', answerResource(kept)) ? answerActions(kept) : [];
