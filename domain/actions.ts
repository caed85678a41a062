import type { Text } from './matter/schema.ts';
import { whyNotOpen, whyNotStep, type StepFacts } from './case/run.ts';
import type { Actor } from './case/messages.ts';
import { whyNotFill } from './case/pledge.ts';
import type { Notice } from './case/state.ts';
import { STEP_ACTIONS, whyNotReopen, type CaseStanding } from './case/status.ts';
import { whyNotAnswer } from './case/supplements.ts';
import { ERRORS, type ErrorCode } from './errors.ts';
import { BULK_VERBS, whyNotBulk, type Bulk, type BulkVerb } from './supervision/bulk.ts';
import type { OthersClaim } from './worklist/claims.ts';
import { ORDER_ACTIONS, whyNotOrder, whyNotOrderStep, type Order, type OrderAction } from './supervision/orders.ts';
import { VERDICTS, whyNotVerdict, type AnswerFacts, type Verdict } from './worklist/verdicts.ts';

/**
 * One action of a case, a step, a supervision order, a kept answer or a bulk act. An action that is
 * not possible now has the code of its refusal. The engine, the database and the routes refuse by
 * the same judges, so an offer and a refusal cannot differ. Rights are judged in api/policy.ts.
 * docs/actions.md shows every status with every action.
 */
export type Offer<A extends string> =
  | { action: A; allowed: true }
  | {
      action: A;
      allowed: false;
      /** `says` is the text of the code. */
      because: { code: ErrorCode; says: Text };
    };

const offersOf = <A extends string>(actions: readonly A[], whyNot: (action: A) => ErrorCode | undefined): Offer<A>[] =>
  actions.map((action) => {
    const code = whyNot(action);
    if (code === undefined) return { action, allowed: true };
    return { action, allowed: false, because: { code, says: ERRORS[code].message } };
  });

/** The actions that can be done now. */
export const allowedOf = <A extends string>(offers: readonly { action: A; allowed: boolean }[]): A[] =>
  offers.filter(({ allowed }) => allowed).map(({ action }) => action);

export const CASE_ACTIONS = ['withdraw', 'request-supplement', 'fill-gap', 'correct', 'terminate'] as const;
export type CaseAction = (typeof CASE_ACTIONS)[number];

/** A case as far as its actions depend on it. */
export interface CaseFacts extends CaseStanding {
  /** The materials that were pledged and have not come in. */
  gaps: readonly string[];
}

/** Why this cannot be done with the case now; undefined: it can. */
export const whyNotCase = (found: CaseFacts, action: CaseAction): ErrorCode | undefined => {
  switch (action) {
    case 'withdraw':
    case 'terminate':
    case 'request-supplement':
      return whyNotOpen(found);
    case 'fill-gap':
      return whyNotFill(found, found.gaps);
    case 'correct':
      return whyNotReopen(found);
  }
};

export const caseActions = (found: CaseFacts): Offer<CaseAction>[] =>
  offersOf(CASE_ACTIONS, (action) => whyNotCase(found, action));

/** The messages about a step, and `order`: a supervision order (督办单) to its agency. */
export const STEP_OFFERS = [...STEP_ACTIONS, 'order'] as const;
export type StepOffer = (typeof STEP_OFFERS)[number];

/** What the actions of a step depend on besides the step. */
export interface StepContext {
  /** The notice that asks for what the step lacks; absent: its agency asks for nothing. */
  notice?: Pick<Notice, 'status' | 'items'> | undefined;
  /** A supervision order about it is in progress. */
  ordered: boolean;
  /** Its task belongs to another officer than the one who asks. */
  claimed?: OthersClaim | undefined;
}

/**
 * Why this cannot be done with the step now; undefined: it can. `decide` is judged for an approval
 * in the round that the step is in.
 */
const whyNotOnStep = (
  found: CaseStanding,
  step: StepFacts & { stepId: string },
  { notice, ordered, claimed }: StepContext,
  action: StepOffer,
): ErrorCode | undefined => {
  switch (action) {
    case 'order':
      return whyNotOrderStep(found, step, ordered);
    case 'answer-supplement':
      return whyNotAnswer(found, notice, listItemsAskedBy(notice, step.stepId));
    // An officer does these as the holder of the task.
    case 'decide':
    case 'suspend':
    case 'resume':
      return claimed?.code ?? whyNotStep(found, step, action);
    case 'resend':
    case 'urge':
    case 'extend':
    case 'reassign':
    case 'redo':
    case 'keep':
    case 'confirm':
    case 'settle-undo':
    case 'retry-undo':
      return whyNotStep(found, step, action);
  }
};

/** The items of a notice that the agency of the step asks for. */
const listItemsAskedBy = (notice: StepContext['notice'], stepId: string): string[] =>
  (notice?.items ?? []).filter((item) => item.stepId === stepId).map(({ id }) => id);

export const stepActions = (
  found: CaseStanding,
  step: StepFacts & { stepId: string },
  context: StepContext,
): Offer<StepOffer>[] => offersOf(STEP_OFFERS, (action) => whyNotOnStep(found, step, context, action));

/** What `by` can do with a supervision order at this instant (ms since 1970). */
export const orderActions = (order: Order, by: Actor, at: number): Offer<OrderAction>[] =>
  offersOf(ORDER_ACTIONS, (action) => whyNotOrder(order, action, by, at));

/** What can be done about an answer that was kept beside the record. */
export const answerActions = (kept: AnswerFacts): Offer<Verdict>[] =>
  offersOf(VERDICTS, (verdict) => whyNotVerdict(kept, verdict));

/** What `by` can do with a bulk act. */
export const bulkActions = (bulk: Bulk, by: Actor): Offer<BulkVerb>[] =>
  offersOf(BULK_VERBS, (verb) => whyNotBulk(bulk, verb, by));
