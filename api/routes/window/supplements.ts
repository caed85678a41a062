import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { findMessage, putMessage } from '../../../db/messages/inbox.ts';
import { lockCase } from '../../../db/cases/cases.ts';
import { listNotices, openItems } from '../../../db/cases/notices.ts';
import { inTransaction, type Db } from '../../../db/sql/pool.ts';
import { whyNotCase } from '../../../domain/actions.ts';
import { whyNotOpen } from '../../../domain/case/run.ts';
import { whyNotFill } from '../../../domain/case/pledge.ts';
import { stepsUsing } from '../../../domain/form/lineage.ts';
import { MessageOutcome, MessageReceipt } from '../../../contract/messages.ts';
import { CaseId } from '../../../contract/values.ts';
import {
  AnswerSupplement,
  ChangePreview,
  FillGap,
  NoticeId,
  PreviewAnswer,
  RequestSupplement,
} from '../../../contract/supplements.ts';
import type { Deps } from '../../deps.ts';
import { viewUnconfirmed } from '../../commands/checked-form.ts';
import { checkRevision, putWithRevision, recordChange, usersOf } from '../../commands/dossier-changes.ts';
import { refuseUnansweredItems, refuseUnknownItems } from '../../commands/supplement-items.ts';
import { actorOf } from '../../../identity/caller.ts';
import { problem } from '../../http/problems.ts';
import { route, type Route } from '../../http/route.ts';
import { tellCase, type MessageHead } from '../../commands/tell-case.ts';
import { viewChange } from '../../views/change.ts';
import { caseScope } from '../../commands/case-scope.ts';

const ANSWERS = {
  200: { description: 'Done', schema: MessageOutcome },
  202: {
    description: 'Recorded, not carried out yet; it is done when the case is processed again',
    schema: MessageReceipt,
  },
  409: { description: 'Not allowed now; the body has the reason and the allowed actions' },
};

/** Supplement notices: requesting, answering, and handing in pledged materials. */
export const supplementRoutes = (deps: Deps): Route[] => [
  route({
    method: 'post',
    path: '/api/v1/cases/{caseId}/supplements',
    summary: 'Request a supplement from the applicant; it is combined with requests of agencies in one notice',
    tag: 'window',
    policy: { action: 'supplement.request', find: caseScope(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), body: RequestSupplement }),
    answers: ANSWERS,
    handler: async ({ caller, found, input: { body }, language }) => {
      const { matter } = await deps.registry.matterOf(found);
      refuseUnknownItems(matter, body.items, 'items', language);
      const stepIds = found.plan.steps.map(({ id }) => id);
      const items = body.items.map(({ field, material }) => ({
        holds: stepsUsing(matter, stepIds, {
          places: field === undefined ? [] : [field],
          materials: material === undefined ? [] : [material],
        }),
      }));
      return tellCase(deps, caller, {
        about: { caseId: found.caseId },
        from: 'window',
        messageId: body.messageId,
        words: { supplements: body.items },
        make: (head) => ({ kind: 'supplement-request', items, ...(body.now && { now: true }), ...head }),
      });
    },
  }),

  route({
    method: 'post',
    path: '/api/v1/cases/{caseId}/supplements/{noticeId}/answer',
    summary: 'Answer a notice, completely or item by item, with corrected fields and further materials',
    tag: 'window',
    policy: { action: 'supplement.answer', find: caseScope(deps) },
    input: z.strictObject({
      params: z.strictObject({ caseId: CaseId, noticeId: NoticeId }),
      body: AnswerSupplement,
    }),
    answers: ANSWERS,
    handler: async ({ caller, found, input: { params, body }, language }) => {
      const { caseId } = found;
      const { noticeId } = params;
      const { messageId, changes, materials, nothingFurther, confirm } = body;
      const published = await deps.registry.matterOf(found);
      const affected = usersOf(published.matter, found, { changes, materials });
      const answer = (items: string[], head: MessageHead) => ({
        kind: 'supplement-answer' as const,
        noticeId,
        items,
        affected,
        ...(nothingFurther.length > 0 && { nothingFurther }),
        ...head,
      });
      const notices = await listNotices(deps.pool, caseId);
      const waiting = notices.find(({ id }) => id === noticeId)?.items.filter(({ answered }) => !answered) ?? [];
      return tellCase(deps, caller, {
        about: { caseId },
        from: 'window',
        messageId,
        words: { items: body.items ?? null, changes, materials, ...(confirm.length > 0 && { confirm }) },
        make: (head) => answer(body.items ?? waiting.map(({ id }) => id), head),
        record: (message) =>
          inTransaction(deps.pool, async (client) => {
            const { messageId: id } = message;
            const isOpen = whyNotOpen(await lockCase(client, caseId)) === undefined;
            const open = await openItems(client, { caseId, noticeId, messageId: id });
            const before = await findMessage(client, caseId, id);
            if (!before) await refuseItemsOfOtherNotices(client, { caseId, noticeId, items: body.items });
            // A repeated message has the same items, even if other items are open by now.
            const items = body.items ?? (before?.kind === 'supplement-answer' ? before.items : open);
            if (isOpen && !before) {
              const asked = items.filter((item) => open.includes(item));
              await refuseUnansweredItems(client, deps, { caseId, noticeId }, asked, body, language);
            }
            const answered = { ...message, message: answer(items, { id, by: message.message.by }) };
            // The case records and refuses a late answer, which must not change the dossier.
            const mayChange = isOpen && (before !== undefined || items.some((item) => open.includes(item)));
            return mayChange
              ? putWithRevision(deps, client, published, answered, { changes, materials, confirm }, language)
              : putMessage(client, deps.cipher, answered);
          }),
      });
    },
  }),

  route({
    method: 'post',
    path: '/api/v1/cases/{caseId}/supplements/{noticeId}/answer/preview',
    summary:
      'Preview what an answer would do to each step that uses it or waits for it; errors in the new values are reported',
    tag: 'window',
    policy: { action: 'supplement.answer', find: caseScope(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId, noticeId: NoticeId }), body: PreviewAnswer }),
    answers: { 200: { description: 'The steps, as of now', schema: ChangePreview } },
    handler: async ({ caller, found, input: { params, body }, language }) => {
      const { noticeId } = params;
      const published = await deps.registry.matterOf(found);
      const { warnings } = await checkRevision(deps, deps.pool, published, found.caseId, body, language);
      const affected = usersOf(published.matter, found, body);
      const notices = await listNotices(deps.pool, found.caseId);
      const waiting = notices.find(({ id }) => id === noticeId)?.items.filter(({ answered }) => !answered) ?? [];
      const asked = waiting.map(({ id }) => id).filter((id) => body.items?.includes(id) ?? true);
      await refuseUnansweredItems(deps.pool, deps, { caseId: found.caseId, noticeId }, asked, body, language);
      const view = await viewChange(deps, found, ({ notices }) => {
        const open = (notices[noticeId]?.items ?? []).filter(({ answered }) => !answered);
        const items = body.items ?? open.map(({ id }) => id);
        return { kind: 'supplement-answer', id: uuidv7(), noticeId, items, affected, by: actorOf(caller) };
      });
      if (view.code === 'SUPPLEMENT_UNKNOWN') throw problem('SUPPLEMENT_UNKNOWN');
      return { status: 200, body: { ...view, warnings: viewUnconfirmed(warnings, body.confirm, language) } };
    },
  }),

  route({
    method: 'post',
    path: '/api/v1/cases/{caseId}/pledge/materials',
    summary: 'Hand in pledged materials (容缺受理)',
    tag: 'window',
    policy: { action: 'gap.fill', find: caseScope(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), body: FillGap }),
    answers: ANSWERS,
    handler: async ({ caller, found, input: { body }, language }) => {
      const { caseId, plan } = found;
      const pledged = new Set(plan.pledge?.gaps.map(({ material }) => material));
      const materials = body.materials.map(({ id }) => id);
      if (!materials.every((id) => pledged.has(id)))
        throw problem(whyNotCase(found, 'fill-gap') ?? 'MATERIAL_NOT_PLEDGED');
      const published = await deps.registry.matterOf(found);
      return tellCase(deps, caller, {
        about: { caseId },
        from: 'window',
        messageId: body.messageId,
        words: { materials: body.materials },
        make: (head) => ({ kind: 'gap-fill', materials, ...head }),
        record: (message) =>
          recordChange(deps, message, {
            published,
            given: { changes: {}, materials: body.materials, confirm: [] },
            language,
            whyNot: (now) =>
              whyNotFill(
                now,
                now.gaps.filter((gap) => materials.includes(gap)),
              ),
          }),
      });
    },
  }),
];

/** The notice does not have such an item: the answer is not recorded, because the caller chose the id. */
const refuseItemsOfOtherNotices = async (
  client: Db,
  { caseId, noticeId, items = [] }: { caseId: string; noticeId: string; items: string[] | undefined },
): Promise<void> => {
  const notice = (await listNotices(client, caseId)).find(({ id }) => id === noticeId);
  const known = new Set(notice?.items.map(({ id }) => id));
  if (!items.every((id) => known.has(id))) throw problem('SUPPLEMENT_UNKNOWN');
};
