import { addCaseKeys } from '../db/cases.ts';
import { addDossierRevision, getDossier } from '../db/dossiers.ts';
import { addDuplicateKeys } from '../db/duplicates.ts';
import type { PublishedMatter } from '../db/matters.ts';
import type { Db } from '../db/pool.ts';
import { duplicateRules } from '../matters/duplicates.ts';
import { checkForm } from '../matters/form.ts';
import { caseKeysOf } from './case-keys.ts';
import { Materials } from './contract.ts';
import type { Deps } from './deps.ts';
import { changeForm } from './form-changes.ts';
import { problem, type Language } from './problems.ts';

/**
 * The dossier's next revision: the form with single values replaced, and further materials. The whole form is checked again; throws
 * `REQUEST_INVALID` for places that do not exist and `FORM_INVALID`. The case is found and compared by its new values too; `client`
 * must be inside a transaction.
 */
export const reviseDossier = async (
  deps: Deps,
  client: Db,
  { matter }: PublishedMatter,
  caseId: string,
  { changes, materials }: { changes: Readonly<Record<string, unknown>>; materials: Materials },
  language: Language,
): Promise<void> => {
  const dossier = await getDossier(client, deps.cipher, caseId);
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
    caseId,
    previous: dossier.revision,
    form: checked.form,
    materials: mergeMaterials(dossier.materials, materials),
  });
  if (Object.keys(changes).length === 0) return;
  await addCaseKeys(client, deps.cipher, caseId, caseKeysOf(matter, checked.form));
  await addDuplicateKeys(client, deps.cipher, caseId, duplicateRules(matter, checked.form));
};

/** What is handed in again replaces what was handed in before under the same id. */
const mergeMaterials = (before: unknown, added: Materials): Materials => {
  const ids = new Set(added.map(({ id }) => id));
  return [...Materials.parse(before ?? []).filter(({ id }) => !ids.has(id)), ...added];
};
