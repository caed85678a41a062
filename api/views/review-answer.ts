import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import type { ReviewAnswer } from '../../db/worklist/review-queue.ts';
import { isGranted } from '../../domain/case/answers.ts';
import { ERRORS } from '../../domain/errors.ts';
import { readResult } from '../../domain/form/result-reading.ts';
import { getStep } from '../../domain/matter/compile.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import type { Clock } from '../../domain/matter/values.ts';
import { ReviewAnswerDetail, type ReviewAnswerView } from '../../contract/review-queue.ts';
import { can } from '../policy.ts';
import type { Caller } from '../../identity/caller.ts';
import { agencyName } from './names.ts';
import { answerOffers, answerResource } from './actions.ts';
import { stepName } from './names.ts';
import { iso } from './instants.ts';
import { resultFieldsOf, resultView } from './result.ts';

/** What an agency said besides its decision, as far as screens show it. */
const Words = ReviewAnswerDetail.pick({ reason: true, ground: true, basis: true, result: true, supplements: true });

interface AnswerContext {
  matter: Matter;
  agencies: ReadonlyMap<string, AgencyRecord>;
  caller: Caller;
}

/** A kept answer with its texts, if this caller may read them. */
export const reviewAnswerDetail = (kept: ReviewAnswer, context: AnswerContext & Clock): ReviewAnswerDetail => {
  const mayRead = can(context.caller, 'step.read-words', answerResource(kept));
  if (!mayRead) return reviewAnswerView(kept, context);
  const { result, ...words } = Words.catch({}).parse(kept.words);
  return {
    ...reviewAnswerView(kept, context),
    ...words,
    ...(result && { result: resultView(context.matter, kept.stepId, result) }),
    ...(isGranted(kept.decision) && resultFacts(kept.stepId, result, context)),
  };
};

/** What the result must have, and what is wrong in it. */
const resultFacts = (
  stepId: string,
  result: Record<string, unknown> | undefined,
  { matter, now }: Clock & Pick<AnswerContext, 'matter'>,
): Pick<ReviewAnswerDetail, 'resultFields' | 'resultFaults'> => {
  const fields = resultFieldsOf(matter, stepId);
  if (fields.length === 0) return {};
  const { problems } = readResult(getStep(matter, stepId), result, { now });
  return {
    resultFields: fields,
    resultFaults: problems.map(({ path, rule, message }) => ({ field: path, rule, message })),
  };
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
