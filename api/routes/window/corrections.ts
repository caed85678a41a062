import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { whyNotCase } from '../../../domain/actions.ts';
import { MessageOutcome, MessageReceipt } from '../../../contract/messages.ts';
import { CaseId } from '../../../contract/values.ts';
import { ChangePreview, CorrectCase, PreviewCorrection } from '../../../contract/supplements.ts';
import type { Deps } from '../../deps.ts';
import { viewUnconfirmed } from '../../commands/checked-form.ts';
import { checkRevision, recordChange, usersOf } from '../../commands/dossier-changes.ts';
import { actorOf } from '../../../identity/caller.ts';
import { route, type Route } from '../../http/route.ts';
import { tellCase } from '../../commands/tell-case.ts';
import { viewChange } from '../../views/change.ts';
import { caseScope } from '../../commands/case-scope.ts';

/**
 * Corrections of the form, also after the case has ended. Every step that used a changed value is
 * sent again or goes to a person.
 */
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
      const { warnings } = await checkRevision(deps, deps.pool, published, found.caseId, given, language);
      const affected = usersOf(published.matter, found, given);
      const message = { kind: 'correction' as const, id: uuidv7(), affected, by: actorOf(caller) };
      const effects = await viewChange(deps, found, () => message);
      return { status: 200, body: { ...effects, warnings: viewUnconfirmed(warnings, body.confirm, language) } };
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
      200: { description: 'The correction is recorded and has started', schema: MessageOutcome },
      202: {
        description: 'Recorded, not carried out yet; it is done when the case is processed again',
        schema: MessageReceipt,
      },
      409: {
        description:
          'The case was withdrawn, returned or not accepted. Or the new values have warnings that need a confirmation: the body has all of them',
      },
    },
    handler: async ({ caller, found, input: { body }, language }) => {
      const { caseId } = found;
      const { messageId, ...words } = body;
      const published = await deps.registry.matterOf(found);
      const given = { changes: words.changes, materials: [], confirm: words.confirm };
      const affected = usersOf(published.matter, found, given);
      return tellCase(deps, caller, {
        about: { caseId },
        from: 'window',
        messageId,
        words,
        make: (head) => ({ kind: 'correction', affected, ...head }),
        record: (message) =>
          recordChange(deps, message, { published, given, language, whyNot: (now) => whyNotCase(now, 'correct') }),
      });
    },
  }),
];
