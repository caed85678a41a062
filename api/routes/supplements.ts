import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { addDossierRevision, getDossier } from '../../db/dossiers.ts';
import { putMessage, type NewMessage, type PutMessage } from '../../db/inbox.ts';
import type { PublishedMatter } from '../../db/matters.ts';
import { inTransaction } from '../../db/pool.ts';
import { checkForm } from '../../matters/form.ts';
import { AnswerSupplement, Answered, CaseId, Materials, Recorded } from '../contract.ts';
import { deliver } from '../deliver.ts';
import type { Deps } from '../deps.ts';
import { changeForm } from '../form-changes.ts';
import { actorOf } from '../identity.ts';
import { problem, type Language } from '../problems.ts';
import { route, type Route } from '../route.ts';
import { isAnswerOpen } from '../../db/supplements.ts';
import { caseScope } from './case-scope.ts';

/** Answering what an agency found missing. */
export const supplementRoutes = (deps: Deps): Route[] => [
  route({
    method: 'post',
    path: '/api/v1/cases/{caseId}/supplements/{supplementId}/answer',
    summary: 'Answer a supplement with corrected fields and further materials',
    tag: 'window',
    policy: { action: 'supplement.answer', find: caseScope(deps) },
    input: z.strictObject({
      params: z.strictObject({ caseId: CaseId, supplementId: z.string().regex(/^[a-z0-9.-]{1,120}:\d{1,9}$/) }),
      body: AnswerSupplement,
    }),
    answers: {
      200: { description: 'The answer is with the agency', schema: Answered },
      202: { description: 'Recorded; it goes to the agency when the case is driven again', schema: Recorded },
      409: { description: 'The supplement was answered before, or is not open any more' },
    },
    handler: async ({ caller, found, input: { params, body }, language }) => {
      const { supplementId } = params;
      const messageId = body.messageId ?? uuidv7();
      const by = actorOf(caller);
      const message: NewMessage = {
        caseId: found.caseId,
        messageId,
        source: 'window',
        message: { kind: 'supplement-answer', id: messageId, supplementId, by },
        body: { changes: body.changes, materials: body.materials },
      };
      const published = await deps.registry.matterOf(found);
      return deliver(deps, caller, found, message, (put) => answer(deps, published, supplementId, body, put, language));
    },
  }),
];

/** The message and the dossier's next revision, both or neither; a repetition adds no revision. */
const answer = (
  deps: Deps,
  { matter }: PublishedMatter,
  supplementId: string,
  { changes, materials }: z.output<typeof AnswerSupplement>,
  message: NewMessage,
  language: Language,
): Promise<PutMessage> =>
  inTransaction(deps.pool, async (client) => {
    const isOpen = await isAnswerOpen(client, { ...message, supplementId });
    const put = await putMessage(client, deps.cipher, message);
    // An answer that comes too late is recorded and refused by the case; it must not change what was handed in.
    if (put.kind !== 'new' || !isOpen) return put;
    const dossier = await getDossier(client, deps.cipher, message.caseId);
    const { form, lost } = changeForm(dossier.form, changes);
    if (lost.length > 0) {
      const text = { zh: '表单中没有这个位置', en: 'the form has no such place' }[language];
      const errors = lost.map((place) => ({ path: `body.changes.${place}`, rule: 'unknown-field', message: text }));
      throw problem('REQUEST_INVALID', { errors });
    }
    const checked = checkForm(matter, form, { now: deps.now() });
    if (!checked.ok) {
      const errors = checked.problems.map(({ path, rule, message: text }) => ({ path, rule, message: text[language] }));
      throw problem('FORM_INVALID', { errors });
    }
    await addDossierRevision(client, deps.cipher, {
      caseId: message.caseId,
      previous: dossier.revision,
      form: checked.form,
      materials: mergeMaterials(dossier.materials, materials),
    });
    return put;
  });

/** What is handed in again replaces what was handed in before under the same id. */
const mergeMaterials = (before: unknown, added: Materials): Materials => {
  const ids = new Set(added.map(({ id }) => id));
  return [...Materials.parse(before ?? []).filter(({ id }) => !ids.has(id)), ...added];
};
