import type { Text } from './definition/schema.ts';
import { whyNotOpen, whyNotStep, type StepFacts } from './engine/run.ts';
import type { Actor } from './engine/messages.ts';
import type { Notice } from './engine/state.ts';
import { STEP_ACTIONS, whyNotReopen, type CaseStanding } from './engine/status.ts';
import { whyNotAnswer, whyNotFill } from './engine/supplements.ts';
import { ERRORS, type ErrorCode } from './errors.ts';
import { BULK_VERBS, whyNotBulk, type Bulk, type BulkVerb } from './supervision/bulk.ts';
import type { Held } from './supervision/holding.ts';
import {
  ORDER_ACTIONS,
  whyNotOrder,
  whyNotOrderStep,
  type Order,
  type OrderAction,
} from './supervision/supervision.ts';
import { VERDICTS, whyNotVerdict, type AnswerFacts, type Verdict } from './supervision/verdicts.ts';

/**
 * What can be done with a case, a step, a supervision order, a kept answer and a bulk act: every action of the noun, and where it is not
 * possible now the code with which it would be refused. The judges are the ones that the engine and the database ask, so that what is
 * offered and what is refused cannot differ. Whether the person has the right to it is asked elsewhere. docs/actions.md shows all of it.
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

/** A case as far as its actions depend on it; `gaps`: the materials that were pledged and have not come in. */
export interface CaseFacts extends CaseStanding {
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

/** What can be done with a step: told to its case, or about it to its agency, by a supervision order (督办单). */
export const STEP_OFFERS = [...STEP_ACTIONS, 'order'] as const;
export type StepOffer = (typeof STEP_OFFERS)[number];

/** What the actions of a step depend on besides the step. */
export interface StepContext {
  /** The notice in which what its agency asks for is gathered; absent: the agency asks for nothing. */
  notice?: Pick<Notice, 'status' | 'items'> | undefined;
  /** A supervision order about it is in progress. */
  ordered: boolean;
  /** Its task belongs to another officer than the one who asks. */
  held?: Held | undefined;
}

/** Why this cannot be done with the step now; undefined: it can. `decide` is judged for a decision in the round that the step is in. */
export const whyNotOnStep = (
  found: CaseStanding,
  step: StepFacts & { stepId: string },
  { notice, ordered, held }: StepContext,
  action: StepOffer,
): ErrorCode | undefined => {
  switch (action) {
    case 'order':
      return whyNotOrderStep(found, step, ordered);
    case 'answer-supplement':
      return whyNotAnswer(found, notice, asked(notice, step.stepId));
    // What an officer does as the one who has the task.
    case 'decide':
    case 'suspend':
    case 'resume':
      return held?.code ?? whyNotStep(found, step, action);
    case 'resend':
    case 'urge':
    case 'extend':
    case 'reassign':
    case 'redo':
    case 'keep':
    case 'settle-undo':
    case 'retry-undo':
      return whyNotStep(found, step, action);
  }
};

/** The items of a notice that the agency of the step asks for. */
const asked = (notice: StepContext['notice'], stepId: string): string[] =>
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
