import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import type { ReviewAnswer } from '../../db/worklist/review-queue.ts';
import { ERRORS } from '../../domain/errors.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import { ReviewAnswerDetail, type ReviewAnswerView } from '../../contract/review-queue.ts';
import { can } from '../policy.ts';
import type { Caller } from '../../identity/caller.ts';
import { agencyName } from './names.ts';
import { answerOffers } from './actions.ts';
import { stepName } from './names.ts';
import { iso } from './instants.ts';

/** What an agency said besides its decision, as far as screens show it. */
const Words = ReviewAnswerDetail.pick({ reason: true, ground: true, basis: true, result: true, supplements: true });

interface AnswerContext {
  matter: Matter;
  agencies: ReadonlyMap<string, AgencyRecord>;
  caller: Caller;
}

/** A kept answer with its texts, if this caller may read them. */
export const reviewAnswerDetail = (kept: ReviewAnswer, context: AnswerContext): ReviewAnswerDetail => {
  const mayRead = can(context.caller, 'step.read-words', { region: kept.region, agencies: [kept.step.agency] });
  return { ...reviewAnswerView(kept, context), ...(mayRead && Words.catch({}).parse(kept.words)) };
};

/** A kept answer in a list or in the view of its case: without its texts, which have no bound. */
export const reviewAnswerView = (kept: ReviewAnswer, { matter, agencies, caller }: AnswerContext): ReviewAnswerView => {
  const { caseId, caseNo, messageId, stepId, round, decision, source, state, code, first, step, settled } = kept;
  return {
    caseId,
    caseNo,
    messageId,
    step: { id: stepId, name: stepName(matter, stepId) },
    round,
    agency: agencyName(agencies, kept.agency),
    decision,
    source,
    receivedAt: iso(kept.receivedAt),
    state,
    ...(code !== undefined && { why: { code, text: ERRORS[code].message } }),
    record: {
      status: step.status,
      round: step.round,
      ...(step.decision !== undefined && { decision: step.decision }),
      ...(first && { first: { decision: first.decision, by: first.by, at: iso(first.at) } }),
    },
    ...(settled && { settled: { ...settled, at: iso(settled.at) } }),
    actions: answerOffers(caller, kept),
  };
};
