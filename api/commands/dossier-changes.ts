import { addCaseKeys, getCase, lockCase, type CaseWithPlan } from '../../db/cases/cases.ts';
import { saveConfirmations } from '../../db/cases/confirmations.ts';
import { addDossierRevision, getDossier } from '../../db/cases/dossiers.ts';
import { moveSteps } from '../../db/cases/steps.ts';
import { addDuplicateKeys } from '../../db/cases/duplicates.ts';
import type { PublishedMatter } from '../../db/registry/matters.ts';
import { findMessage, putMessage, type NewMessage, type PutMessage } from '../../db/messages/inbox.ts';
import { inTransaction, type Db } from '../../db/sql/pool.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { duplicateRules } from '../../domain/form/duplicates.ts';
import { decidingDivisions } from '../../domain/office/deciding-division.ts';
import type { ConfirmedCheck, Message } from '../../domain/case/messages.ts';
import type { Confirmation } from '../../domain/form/confirmations.ts';
import { stepsUsing } from '../../domain/form/lineage.ts';
import type { HandedInMaterial } from '../../domain/form/papers.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import { REQUEST_RULE_WORDS } from '../../domain/words/request-rules.ts';
import { caseKeysOf } from './case-keys.ts';
import type { Deps } from '../deps.ts';
import { requireConfirmed, requireValidForm, warningsOfChange } from './checked-form.ts';
import { changeForm } from './form-changes.ts';
import { rejectRequest, type Language } from '../http/problems.ts';

/**
 * Changes after the submission: single values by path (`mother.mobile`, `children[0].name`), further
 * materials, and confirmations of warnings about the new values.
 */
interface DossierChanges {
  changes: Readonly<Record<string, unknown>>;
  materials: readonly HandedInMaterial[];
  confirm: readonly Confirmation[];
}

/** The steps of the case that use the changes. */
export const usersOf = (
  matter: Matter,
  { plan }: Pick<CaseWithPlan, 'plan'>,
  { changes, materials }: Pick<DossierChanges, 'changes' | 'materials'>,
): string[] =>
  stepsUsing(
    matter,
    plan.steps.map(({ id }) => id),
    { places: Object.keys(changes), materials: materials.map(({ id }) => id) },
  );

/**
 * Returns the dossier with the changes after a check of the whole form, and the warnings that the
 * changes can have caused; writes nothing. Throws `REQUEST_INVALID` for paths that do not exist,
 * and `FORM_INVALID`.
 */
export const checkRevision = async (
  deps: Deps,
  db: Db,
  { matter }: PublishedMatter,
  caseId: string,
  { changes, materials }: Pick<DossierChanges, 'changes' | 'materials'>,
  language: Language,
) => {
  const dossier = await getDossier(db, deps.unrecorded, caseId);
  const { form, lost } = changeForm(dossier.form, changes);
  if (lost.length > 0) {
    const wrong = lost.map((place) => ({ path: `body.changes.${place}`, rule: 'unknown-field' as const }));
    throw rejectRequest(wrong, REQUEST_RULE_WORDS, language);
  }
  const checked = requireValidForm(matter, form, { now: deps.now() }, language);
  const merged = mergeMaterials(dossier.materials, materials);
  const warnings = warningsOfChange(checked.warnings, changes);
  return { caseId, previous: dossier.revision, form: checked.form, materials: merged, warnings };
};

/**
 * Records a message, with the warnings that were confirmed, and writes the next revision of the
 * dossier with its new search keys. A repeated message changes nothing. `client` is in a
 * transaction that has locked the case. Throws what `checkRevision` throws, and `FORM_UNCONFIRMED`.
 */
export const putWithRevision = async (
  deps: Deps,
  client: Db,
  published: PublishedMatter,
  message: NewMessage,
  given: DossierChanges,
  language: Language,
): Promise<PutMessage> => {
  const { caseId, messageId } = message;
  const before = await findMessage(client, caseId, messageId);
  if (before) return putMessage(client, deps.cipher, addConfirmed(message, confirmedIn(before)));
  const { warnings, ...revision } = await checkRevision(deps, client, published, caseId, given, language);
  const confirmed = requireConfirmed(warnings, given.confirm, language);
  const put = await putMessage(client, deps.cipher, addConfirmed(message, confirmed));
  if (put.kind !== 'new') return put;

  const { role, id } = message.message.by;
  const number = await addDossierRevision(client, deps.cipher, revision);
  const row = { by: `${role}:${id}`, at: deps.now(), confirmed };
  await saveConfirmations(client, deps.cipher, { caseId, revision: number }, row);
  if (Object.keys(given.changes).length > 0) {
    const { matter } = published;
    const { plan, region } = await getCase(client, caseId);
    const ids = plan.steps.map(({ id }) => id);
    await moveSteps(client, caseId, decidingDivisions(matter, ids, revision.form, region));
    await addCaseKeys(client, deps.cipher, caseId, caseKeysOf(matter, revision.form));
    await addDuplicateKeys(client, deps.cipher, caseId, duplicateRules(matter, revision.form));
  }
  return put;
};

const confirmedIn = (message: Message): readonly ConfirmedCheck[] =>
  message.kind === 'correction' || message.kind === 'supplement-answer' ? (message.confirmed ?? []) : [];

/** The message with the codes of the warnings that were confirmed with it. */
const addConfirmed = (put: NewMessage, confirmed: readonly ConfirmedCheck[]): NewMessage => {
  const { message } = put;
  if (confirmed.length === 0 || (message.kind !== 'correction' && message.kind !== 'supplement-answer')) return put;
  return { ...put, message: { ...message, confirmed: confirmed.map(({ rule, field }) => ({ rule, field })) } };
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
    const code = whyNot(await lockCase(client, message.caseId));
    return code === undefined
      ? putWithRevision(deps, client, published, message, given, language)
      : putMessage(client, deps.cipher, message);
  });

/** A material that is handed in again replaces the earlier one with the same id. */
const mergeMaterials = (
  before: readonly HandedInMaterial[],
  added: readonly HandedInMaterial[],
): HandedInMaterial[] => {
  const ids = new Set(added.map(({ id }) => id));
  return [...before.filter(({ id }) => !ids.has(id)), ...added];
};
