import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { findMessage, putMessage } from '../../db/inbox.ts';
import { openItems } from '../../db/notices.ts';
import { inTransaction } from '../../db/pool.ts';
import { stepsUsing } from '../../matters/form/lineage.ts';
import { Answered, CaseId, Recorded } from '../contract.ts';
import {
  AnswerSupplement,
  ChangePreview,
  FillGap,
  NoticeId,
  PreviewAnswer,
  RequestSupplement,
} from '../contracts/supplements.ts';
import { deliver } from '../deliver.ts';
import type { Deps } from '../deps.ts';
import { checkRevision, reviseDossier, usersOf } from '../dossier-changes.ts';
import { actorOf } from '../identity.ts';
import { problem } from '../problems.ts';
import { route, type Route } from '../route.ts';
import { viewChange } from '../views/change.ts';
import { caseScope } from './case-scope.ts';

const ANSWERS = {
  200: { description: 'Done', schema: Answered },
  202: { description: 'Recorded, not carried out yet; it is done when the case is processed again', schema: Recorded },
  409: { description: 'Not allowed now; the body has the reason and the allowed actions' },
};

/** Papers that are missing: asking for them, answering, and handing in what was pledged. */
export const supplementRoutes = (deps: Deps): Route[] => [
  route({
    method: 'post',
    path: '/api/v1/cases/{caseId}/supplements',
    summary: 'Request a supplement from the applicant; it is combined with requests of agencies in one notice',
    tag: 'window',
    policy: { action: 'supplement.request', find: caseScope(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), body: RequestSupplement }),
    answers: ANSWERS,
    handler: async ({ caller, found, input: { body } }) => {
      const { matter } = await deps.registry.matterOf(found);
      const stepIds = found.plan.steps.map(({ id }) => id);
      const items = body.items.map(({ field, material }) => ({
        holds: stepsUsing(matter, stepIds, {
          places: field === undefined ? [] : [field],
          materials: material === undefined ? [] : [material],
        }),
      }));
      const messageId = body.messageId ?? uuidv7();
      const message = { kind: 'supplement-request' as const, id: messageId, items, by: actorOf(caller) };
      const put = {
        caseId: found.caseId,
        messageId,
        source: 'window' as const,
        message,
        body: { supplements: body.items },
      };
      return deliver(deps, caller, found, put, (recorded) => putMessage(deps.pool, deps.cipher, recorded));
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
      const messageId = body.messageId ?? uuidv7();
      const { changes, materials } = body;
      const published = await deps.registry.matterOf(found);
      const affected = usersOf(published.matter, found, { changes, materials });
      const answer = (items: string[]) => ({
        caseId,
        messageId,
        source: 'window' as const,
        message: { kind: 'supplement-answer' as const, id: messageId, noticeId, items, affected, by: actorOf(caller) },
        body: { items: body.items ?? null, changes, materials },
      });
      return deliver(deps, caller, found, answer(body.items ?? []), () =>
        inTransaction(deps.pool, async (client) => {
          const open = await openItems(client, { caseId, noticeId, messageId });
          const before = await findMessage(client, caseId, messageId);
          // A repetition is the same message, although what is open has changed since.
          const items = body.items ?? (before?.kind === 'supplement-answer' ? before.items : open);
          const put = await putMessage(client, deps.cipher, answer(items));
          // An answer that comes too late is recorded and refused by the case; it must not change what was handed in.
          const changesAnything = put.kind === 'new' && items.some((id) => open.includes(id));
          if (changesAnything) await reviseDossier(deps, client, published, caseId, { changes, materials }, language);
          return put;
        }),
      );
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
      await checkRevision(deps, deps.pool, published, found.caseId, body, language);
      const affected = usersOf(published.matter, found, body);
      const view = await viewChange(deps, found, ({ notices }) => {
        const open = (notices[noticeId]?.items ?? []).filter(({ answered }) => !answered);
        const items = body.items ?? open.map(({ id }) => id);
        return { kind: 'supplement-answer', id: uuidv7(), noticeId, items, affected, by: actorOf(caller) };
      });
      if (view.code === 'SUPPLEMENT_UNKNOWN') throw problem('SUPPLEMENT_UNKNOWN');
      return { status: 200, body: view };
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
      if (!materials.every((id) => pledged.has(id))) throw problem('MATERIAL_NOT_PLEDGED');
      const messageId = body.messageId ?? uuidv7();
      const message = { kind: 'gap-fill' as const, id: messageId, materials, by: actorOf(caller) };
      const put = { caseId, messageId, source: 'window' as const, message, body: { materials: body.materials } };
      const published = await deps.registry.matterOf(found);
      return deliver(deps, caller, found, put, () =>
        inTransaction(deps.pool, async (client) => {
          const recorded = await putMessage(client, deps.cipher, put);
          const given = { changes: {}, materials: body.materials };
          if (recorded.kind === 'new') await reviseDossier(deps, client, published, caseId, given, language);
          return recorded;
        }),
      );
    },
  }),
];
