import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { putMessage } from '../../db/inbox.ts';
import { inTransaction } from '../../db/pool.ts';
import { stepsUsing } from '../../matters/lineage.ts';
import { Answered, CaseId, Recorded } from '../contract.ts';
import { Affected, CorrectCase, PreviewCorrection } from '../contracts/supplements.ts';
import { deliver } from '../deliver.ts';
import type { Deps } from '../deps.ts';
import { reviseDossier } from '../dossier-changes.ts';
import { actorOf } from '../identity.ts';
import { route, type Route } from '../route.ts';
import { caseScope } from './case-scope.ts';

/** Correcting what was handed in, also after the case has ended: every step that used the value hears of it. */
export const correctionRoutes = (deps: Deps): Route[] => [
  route({
    method: 'post',
    path: '/api/v1/cases/{caseId}/corrections/preview',
    summary: 'Which steps used the values that a correction would change',
    tag: 'window',
    policy: { action: 'case.correct', find: caseScope(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), body: PreviewCorrection }),
    answers: { 200: { description: 'The steps', schema: Affected } },
    handler: async ({ found, input: { body } }) => {
      const { matter } = await deps.registry.matterOf(found);
      const stepIds = found.plan.steps.map(({ id }) => id);
      const affected = stepsUsing(matter, stepIds, { places: Object.keys(body.changes), materials: [] });
      return { status: 200, body: { affected } };
    },
  }),

  route({
    method: 'post',
    path: '/api/v1/cases/{caseId}/corrections',
    summary: 'Correct values of the form; steps that used them are done again or put before a person',
    tag: 'window',
    policy: { action: 'case.correct', find: caseScope(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), body: CorrectCase }),
    answers: {
      200: { description: 'The correction is recorded and under way', schema: Answered },
      202: { description: 'Recorded; it is carried out when the case is driven again', schema: Recorded },
      409: { description: 'The case was withdrawn, returned or not accepted' },
    },
    handler: async ({ caller, found, input: { body }, language }) => {
      const { caseId, plan } = found;
      const { changes, reason } = body;
      const published = await deps.registry.matterOf(found);
      const stepIds = plan.steps.map(({ id }) => id);
      const affected = stepsUsing(published.matter, stepIds, { places: Object.keys(changes), materials: [] });
      const messageId = body.messageId ?? uuidv7();
      const message = { kind: 'correction' as const, id: messageId, affected, by: actorOf(caller) };
      const put = { caseId, messageId, source: 'window' as const, message, body: { changes, reason } };
      return deliver(deps, caller, found, put, () =>
        inTransaction(deps.pool, async (client) => {
          const recorded = await putMessage(client, deps.cipher, put);
          const given = { changes, materials: [] };
          if (recorded.kind === 'new') await reviseDossier(deps, client, published, caseId, given, language);
          return recorded;
        }),
      );
    },
  }),
];
