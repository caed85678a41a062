import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { putMessage } from '../../db/inbox.ts';
import { inTransaction } from '../../db/pool.ts';
import { Answered, CaseId, Recorded } from '../contract.ts';
import { ChangePreview, CorrectCase, PreviewCorrection } from '../contracts/supplements.ts';
import { deliver } from '../deliver.ts';
import type { Deps } from '../deps.ts';
import { checkRevision, reviseDossier, usersOf } from '../dossier-changes.ts';
import { actorOf } from '../identity.ts';
import { route, type Route } from '../route.ts';
import { viewChange } from '../views/change.ts';
import { caseScope } from './case-scope.ts';

/** Correcting what was handed in, also after the case has ended: every step that used the value hears of it. */
export const correctionRoutes = (deps: Deps): Route[] => [
  route({
    method: 'post',
    path: '/api/v1/cases/{caseId}/corrections/preview',
    summary:
      'Preview what a correction would do to each step that uses a changed value; errors in the new values are reported',
    tag: 'window',
    policy: { action: 'case.correct', find: caseScope(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), body: PreviewCorrection }),
    answers: { 200: { description: 'The steps', schema: ChangePreview } },
    handler: async ({ caller, found, input: { body }, language }) => {
      const published = await deps.registry.matterOf(found);
      const given = { changes: body.changes, materials: [] };
      await checkRevision(deps, deps.pool, published, found.caseId, given, language);
      const affected = usersOf(published.matter, found, given);
      const message = { kind: 'correction' as const, id: uuidv7(), affected, by: actorOf(caller) };
      return { status: 200, body: await viewChange(deps, found, () => message) };
    },
  }),

  route({
    method: 'post',
    path: '/api/v1/cases/{caseId}/corrections',
    summary: 'Correct values of the form; steps that used them are sent again or need a decision of a person',
    tag: 'window',
    policy: { action: 'case.correct', find: caseScope(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), body: CorrectCase }),
    answers: {
      200: { description: 'The correction is recorded and has started', schema: Answered },
      202: {
        description: 'Recorded, not carried out yet; it is done when the case is processed again',
        schema: Recorded,
      },
      409: { description: 'The case was withdrawn, returned or not accepted' },
    },
    handler: async ({ caller, found, input: { body }, language }) => {
      const { caseId } = found;
      const { changes, reason } = body;
      const published = await deps.registry.matterOf(found);
      const given = { changes, materials: [] };
      const affected = usersOf(published.matter, found, given);
      const messageId = body.messageId ?? uuidv7();
      const message = { kind: 'correction' as const, id: messageId, affected, by: actorOf(caller) };
      const put = { caseId, messageId, source: 'window' as const, message, body: { changes, reason } };
      return deliver(deps, caller, found, put, () =>
        inTransaction(deps.pool, async (client) => {
          const recorded = await putMessage(client, deps.cipher, put);
          if (recorded.kind === 'new') await reviseDossier(deps, client, published, caseId, given, language);
          return recorded;
        }),
      );
    },
  }),
];
