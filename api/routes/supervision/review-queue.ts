import { z } from 'zod';
import {
  dismissAnswer,
  findAnswerPlace,
  findReviewAnswer,
  listReviewQueue,
  lockAnswer,
  type ReviewQueueFilter,
  type ReviewAnswer,
} from '../../../db/worklist/review-queue.ts';
import { putMessage } from '../../../db/messages/inbox.ts';
import { inTransaction, type Db } from '../../../db/sql/pool.ts';
import type { Opener } from '../../../db/sql/sealing.ts';
import { Result } from '../../../agencies/contract.ts';
import { getStep } from '../../../domain/matter/compile.ts';
import { judgeResult } from '../../../exchange/step-results.ts';
import { allowedOf, answerActions } from '../../../domain/actions.ts';
import { isEnding } from '../../../domain/case/answers.ts';
import { whyNotVerdict, type Verdict, type VerdictRefusal } from '../../../domain/worklist/verdicts.ts';
import {
  CaseReviewQueueQuery,
  DecideAnswer,
  ReviewAnswerDetail,
  ReviewQueue,
  ReviewQueueQuery,
  InboxMessageId,
} from '../../../contract/review-queue.ts';
import { MessageOutcome, MessageReceipt } from '../../../contract/messages.ts';
import { CaseId } from '../../../contract/values.ts';
import type { Deps } from '../../deps.ts';
import { actorOf } from '../../../identity/caller.ts';
import { scopeOf } from '../../policy.ts';
import type { Caller } from '../../../identity/caller.ts';
import { problem, type Problem } from '../../http/problems.ts';
import type { Reading } from '../../http/reading.ts';
import { refuseFaultyResult } from '../../commands/results.ts';
import { route, findNothing, type FoundResource, type Reply, type Route } from '../../http/route.ts';
import { tellCase, type CaseMessage } from '../../commands/tell-case.ts';
import { reviewAnswerDetail, reviewAnswerView } from '../../views/review-answer.ts';
import { iso } from '../../views/instants.ts';
import { caseScope } from '../../commands/case-scope.ts';

/** Answers of agencies that are no part of the record: shown, and decided by a person. */
export const reviewQueueRoutes = (deps: Deps): Route[] => {
  const { pool, cipher, registry } = deps;

  const list = async (
    caller: Caller,
    reading: Reading,
    filter: ReviewQueueFilter,
    { cursor, limit }: { cursor?: string | undefined; limit: number },
  ): Promise<Reply> => {
    const page = { limit, ...(cursor !== undefined && { cursor }) };
    const [{ rows, nextCursor }, agencies] = await Promise.all([
      listReviewQueue(pool, openerOf(reading), filter, page),
      registry.agencies(),
    ]);
    const answers = rows.map(async (kept) => {
      const { matter } = await registry.matterOf(kept);
      return reviewAnswerView(kept, { matter, agencies, caller });
    });
    return {
      status: 200,
      body: { answers: await Promise.all(answers), ...(nextCursor !== undefined && { nextCursor }) },
    };
  };

  /** The answer in the path; its step is decided in a division that need not be that of the case. */
  const answerScope = async ({
    params: { caseId, messageId },
  }: {
    params: { caseId: string; messageId: string };
  }): Promise<FoundResource<{ caseId: string; messageId: string }> | undefined> => {
    const place = await findAnswerPlace(pool, caseId, messageId);
    return place && { resource: { ...place, agencies: [place.agency] }, found: { caseId, messageId } };
  };

  return [
    route({
      method: 'get',
      path: '/api/v1/review-queue',
      summary: 'List answers of agencies that did not count, newest first',
      tag: 'supervision',
      policy: { action: 'review-queue.list', find: findNothing },
      input: z.strictObject({ query: ReviewQueueQuery }),
      answers: { 200: { description: 'One page', schema: ReviewQueue } },
      handler: ({ caller, reading, input: { query } }) => {
        const { region: division = '' } = scopeOf(caller, 'review-queue.list');
        const { state, agency, ...page } = query;
        const only = { ...(state !== 'all' && { state }), ...(agency !== undefined && { agency }) };
        return list(caller, reading, { division, ...only }, page);
      },
    }),

    route({
      method: 'get',
      path: '/api/v1/cases/{caseId}/review-queue',
      summary: 'List the answers of one case that did not count, in any state',
      tag: 'supervision',
      policy: { action: 'review-queue.list', find: caseScope(deps) },
      input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), query: CaseReviewQueueQuery }),
      answers: { 200: { description: 'One page', schema: ReviewQueue } },
      handler: ({ caller, reading, found: { caseId }, input: { query } }) =>
        list(caller, reading, { division: '', caseId }, query),
    }),

    route({
      method: 'get',
      path: '/api/v1/cases/{caseId}/review-queue/{messageId}',
      summary: 'Get one answer that did not count, with what the agency said',
      tag: 'supervision',
      policy: { action: 'review-queue.list', find: answerScope },
      input: z.strictObject({ params: z.strictObject({ caseId: CaseId, messageId: InboxMessageId }) }),
      answers: { 200: { description: 'The answer', schema: ReviewAnswerDetail } },
      handler: async ({ caller, reading, found: { caseId, messageId } }) => {
        const kept = await findReviewAnswer(pool, openerOf(reading), caseId, messageId);
        if (!kept) throw problem('NOT_FOUND');
        const [agencies, { matter }] = await Promise.all([registry.agencies(), registry.matterOf(kept)]);
        const context = { matter, agencies, caller, now: deps.now() };
        return { status: 200, body: reviewAnswerDetail(kept, context) };
      },
    }),

    route({
      method: 'post',
      path: '/api/v1/cases/{caseId}/review-queue/{messageId}',
      summary: 'Adopt the answer as the decision of the step, or dismiss it',
      tag: 'supervision',
      policy: { action: 'review-queue.decide', find: answerScope },
      input: z.strictObject({
        params: z.strictObject({ caseId: CaseId, messageId: InboxMessageId }),
        body: DecideAnswer,
      }),
      answers: {
        200: { description: 'Done', schema: MessageOutcome },
        202: {
          description: 'Recorded, not carried out yet; it is done when the case is processed again',
          schema: MessageReceipt,
        },
        409: { description: 'Already handled, still waiting for its step, or not allowed by the case' },
      },
      handler: async ({ caller, reading, found: { caseId, messageId }, input: { body }, language }) => {
        const { verdict, reason, result } = body;
        const kept = await findReviewAnswer(pool, openerOf(reading), caseId, messageId);
        if (!kept) throw problem('NOT_FOUND');
        if (verdict === 'adopt') {
          const code = whyNotVerdict(kept, verdict);
          if (code) throw refusal(kept, code);
          const { matter } = await registry.matterOf(kept);
          const adopted = completeResult(kept, result);
          const about = { caseId, step: getStep(matter, kept.stepId) };
          const clock = { now: deps.now() };
          refuseFaultyResult(about.step, adopted, clock, language);
          const { result: digest } = judgeResult(cipher, about, adopted, clock);
          return tellCase(deps, caller, {
            ...adoptionOf(kept, { reason, ...adopted, ...(digest !== undefined && { digest }) }),
            record: (message) => decide(deps, reading, kept, verdict, (client) => putMessage(client, cipher, message)),
          });
        }
        await decide(deps, reading, kept, verdict, (client) =>
          dismissAnswer(client, cipher, { caseId, messageId, by: actorOf(caller), reason }),
        );
        return { status: 200, body: { messageId, outcome: 'applied' } };
      },
    }),
  ];
};

const openerOf =
  (reading: Reading) =>
  ({ caseId, stepId }: { caseId: string; stepId: string }): Opener =>
    reading.open({ kind: 'answer', purpose: 'review', caseId, stepId });

/**
 * Applies the verdict of a person, unless another person was faster or the case does not allow it.
 */
const decide = <T>(
  { pool }: Deps,
  reading: Reading,
  { caseId, messageId }: ReviewAnswer,
  verdict: Verdict,
  act: (client: Db) => Promise<T>,
): Promise<T> =>
  inTransaction(pool, async (client) => {
    await lockAnswer(client, caseId, messageId);
    const kept = await findReviewAnswer(client, openerOf(reading), caseId, messageId);
    if (!kept) throw problem('NOT_FOUND');
    const code = whyNotVerdict(kept, verdict);
    if (code) throw refusal(kept, code);
    await reading.save(client);
    return act(client);
  });

/** The error with the person who settled the answer, if any, and the actions allowed now. */
const refusal = (kept: ReviewAnswer, code: VerdictRefusal): Problem =>
  problem(code, {
    more: {
      ...(kept.settled && { settled: { ...kept.settled, at: iso(kept.settled.at) } }),
      allowed: allowedOf(answerActions(kept)),
    },
  });

const Words = z.record(z.string(), z.unknown());

/** The result of the agency, with the values that the person gave. */
const completeResult = ({ decision, words }: ReviewAnswer, given: GivenValues | undefined) => {
  const { result: said } = z.object({ result: Result.optional() }).catch({}).parse(words);
  return { decision, ...((said ?? given) && { result: { ...said, ...given } }) };
};

type GivenValues = z.output<typeof Result>;

interface Adopted {
  reason: string;
  result?: GivenValues;
  /** The digest of the declared values of the result. */
  digest?: string;
}

/**
 * The message that makes the answer the decision, with the agency's text and the reason for
 * adopting it.
 */
const adoptionOf = (kept: ReviewAnswer, { reason, result, digest }: Adopted): CaseMessage => {
  const { caseId, messageId: adopts, stepId, round, decision, words } = kept;
  if (!isEnding(decision)) throw refusal(kept, whyNotVerdict(kept, 'adopt') ?? 'ACTION_NOT_ALLOWED');
  return {
    about: { caseId, stepId, round },
    from: 'supervisor',
    // An agency that refused without a reason leaves it to the person who adopts the refusal.
    words: {
      ...(decision === 'refused' && { reason }),
      ...Words.catch({}).parse(words),
      ...(result && { result }),
      because: reason,
    },
    make: (head) => ({
      kind: 'adoption',
      ...{ stepId, adopts, decision },
      ...(digest !== undefined && { result: digest }),
      ...head,
    }),
  };
};
