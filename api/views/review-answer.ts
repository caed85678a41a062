import { z } from 'zod';
import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import type { ReviewAnswer } from '../../db/worklist/review-queue.ts';
import { ERRORS } from '../../domain/errors.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import type { ReviewAnswerView } from '../../contract/review-queue.ts';
import { can } from '../policy.ts';
import type { Caller } from '../../identity/caller.ts';
import { agencyName } from './names.ts';
import { answerOffers } from './actions.ts';
import { stepName } from './names.ts';
import { iso } from './instants.ts';

/** What an agency said besides its decision, as far as screens show it. */
const Words = z.object({ reason: z.string().optional(), result: z.record(z.string(), z.unknown()).optional() });

/** A kept answer, for this caller: its words only to those who may read them. */
export const reviewAnswerView = (
  kept: ReviewAnswer,
  { matter, agencies, caller }: { matter: Matter; agencies: ReadonlyMap<string, AgencyRecord>; caller: Caller },
): ReviewAnswerView => {
  const { caseId, caseNo, region, messageId, stepId, round, decision, source, state, code, first, step, settled } =
    kept;
  const mayRead = can(caller, 'step.read-words', { region, agencies: [step.agency] });
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
    ...(mayRead && Words.catch({}).parse(kept.words)),
    ...(settled && { settled: { ...settled, at: iso(settled.at) } }),
    actions: answerOffers(caller, kept),
  };
};
