import { addCaseKeys, getCase, lockCase, type CaseWithPlan } from '../../db/cases/cases.ts';
import { addDossierRevision, getDossier } from '../../db/cases/dossiers.ts';
import { moveSteps } from '../../db/cases/steps.ts';
import { addDuplicateKeys } from '../../db/cases/duplicates.ts';
import type { PublishedMatter } from '../../db/registry/matters.ts';
import { putMessage, type NewMessage, type PutMessage } from '../../db/messages/inbox.ts';
import { inTransaction, type Db } from '../../db/sql/pool.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { duplicateRules } from '../../domain/form/duplicates.ts';
import { checkForm } from '../../domain/form/form.ts';
import { decidingDivisions } from '../../domain/office/deciding-division.ts';
import { stepsUsing } from '../../domain/form/lineage.ts';
import type { HandedInMaterial } from '../../domain/form/papers.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import { REQUEST_RULE_WORDS } from '../../domain/words/request-rules.ts';
import { caseKeysOf } from './case-keys.ts';
import type { Deps } from '../deps.ts';
import { changeForm } from './form-changes.ts';
import { problem, rejectRequest, type Language } from '../http/problems.ts';

/**
 * Changes after the submission: single values by path (`mother.mobile`, `children[0].name`), and
 * further materials.
 */
interface DossierChanges {
  changes: Readonly<Record<string, unknown>>;
  materials: readonly HandedInMaterial[];
}

/** The steps of the case that use the changes. */
export const usersOf = (
  matter: Matter,
  { plan }: Pick<CaseWithPlan, 'plan'>,
  { changes, materials }: DossierChanges,
): string[] =>
  stepsUsing(
    matter,
    plan.steps.map(({ id }) => id),
    { places: Object.keys(changes), materials: materials.map(({ id }) => id) },
  );

/**
 * Returns the dossier with the changes after a check of the whole form; writes nothing. Throws
 * `REQUEST_INVALID` for paths that do not exist, and `FORM_INVALID`.
 */
export const checkRevision = async (
  deps: Deps,
  db: Db,
  { matter }: PublishedMatter,
  caseId: string,
  { changes, materials }: DossierChanges,
  language: Language,
) => {
  const dossier = await getDossier(db, deps.unrecorded, caseId);
  const { form, lost } = changeForm(dossier.form, changes);
  if (lost.length > 0) {
    const wrong = lost.map((place) => ({ path: `body.changes.${place}`, rule: 'unknown-field' as const }));
    throw rejectRequest(wrong, REQUEST_RULE_WORDS, language);
  }
  const checked = checkForm(matter, form, { now: deps.now() });
  if (!checked.ok) {
    const errors = checked.problems.map(({ path, rule, message: text }) => ({ path, rule, message: text[language] }));
    throw problem('FORM_INVALID', { errors });
  }
  const merged = mergeMaterials(dossier.materials, materials);
  return { caseId, previous: dossier.revision, form: checked.form, materials: merged };
};

/**
 * Writes the next revision, as `checkRevision` returns it, and adds the new values to the search
 * index. `client` is in a transaction.
 */
export const reviseDossier = async (
  deps: Deps,
  client: Db,
  published: PublishedMatter,
  caseId: string,
  given: DossierChanges,
  language: Language,
): Promise<void> => {
  const revision = await checkRevision(deps, client, published, caseId, given, language);
  await addDossierRevision(client, deps.cipher, revision);
  if (Object.keys(given.changes).length === 0) return;
  const { matter } = published;
  const { plan, region } = await getCase(client, caseId);
  const ids = plan.steps.map(({ id }) => id);
  await moveSteps(client, caseId, decidingDivisions(matter, ids, revision.form, region));
  await addCaseKeys(client, deps.cipher, caseId, caseKeysOf(matter, revision.form));
  await addDuplicateKeys(client, deps.cipher, caseId, duplicateRules(matter, revision.form));
};

/**
 * Records a message together with the change of the dossier that it makes. A message that the case
 * refuses (`whyNot`) is recorded and changes nothing. Locks the case, so that its row does not
 * change before this is written.
 */
export const recordChange = (
  deps: Deps,
  message: NewMessage,
  {
    published,
    given,
    language,
    whyNot,
  }: {
    published: PublishedMatter;
    given: DossierChanges;
    language: Language;
    whyNot: (found: CaseWithPlan) => ErrorCode | undefined;
  },
): Promise<PutMessage> =>
  inTransaction(deps.pool, async (client) => {
    const { caseId } = message;
    const code = whyNot(await lockCase(client, caseId));
    const put = await putMessage(client, deps.cipher, message);
    if (put.kind === 'new' && code === undefined) await reviseDossier(deps, client, published, caseId, given, language);
    return put;
  });

/** A material that is handed in again replaces the earlier one with the same id. */
const mergeMaterials = (
  before: readonly HandedInMaterial[],
  added: readonly HandedInMaterial[],
): HandedInMaterial[] => {
  const ids = new Set(added.map(({ id }) => id));
  return [...before.filter(({ id }) => !ids.has(id)), ...added];
};
