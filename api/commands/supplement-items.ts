import { askedItem } from '../../agencies/contract.ts';
import { listNotices } from '../../db/cases/notices.ts';
import { readBodies } from '../../db/messages/inbox.ts';
import type { Db } from '../../db/sql/pool.ts';
import {
  findUnknownItems,
  listAskableNames,
  listUnansweredItems,
  type GivenAnswer,
} from '../../domain/form/asked-items.ts';
import type { AskedItem } from '../../domain/form/papers.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import type { Deps } from '../deps.ts';
import { problem, type Language } from '../http/problems.ts';

/**
 * Throws `REQUEST_INVALID` with the names that exist, if an item of a notice names a field or a
 * material that the matter does not have. `place` is the list in the body.
 */
export const refuseUnknownItems = (
  matter: Matter,
  items: readonly AskedItem[],
  place: 'items' | 'supplements',
  language: Language,
): void => {
  const unknown = findUnknownItems(matter, items);
  if (unknown.length === 0) return;
  const errors = unknown.map(({ index, key }) => ({
    path: `body.${place}[${index}].${key}`,
    rule: `unknown-${key}`,
    message: UNKNOWN[key][language],
  }));
  throw problem('REQUEST_INVALID', { errors, more: { known: listAskableNames(matter) } });
};

const UNKNOWN = {
  field: { zh: '该事项的表单没有这一项', en: 'The form of the matter has no such field' },
  material: { zh: '该事项没有这项材料', en: 'The matter has no such material' },
} as const;

/**
 * Throws `REQUEST_INVALID` if an answer says nothing about one of these items of a notice: an item
 * needs a value, a material, or the word that there is nothing further.
 */
export const refuseUnansweredItems = async (
  db: Db,
  { unrecorded }: Deps,
  { caseId, noticeId }: { caseId: string; noticeId: string },
  items: readonly string[],
  given: GivenAnswer,
  language: Language,
): Promise<void> => {
  const [notices, bodies] = await Promise.all([listNotices(db, caseId), readBodies(db, unrecorded, caseId)]);
  const asked = (notices.find(({ id }) => id === noticeId)?.items ?? [])
    .filter(({ id }) => items.includes(id))
    .map(({ id, messageId, place }) => ({ ...askedItem(bodies.get(messageId)?.(), place), id }));
  const unanswered = listUnansweredItems(asked, given);
  if (unanswered.length === 0) return;
  const message = UNANSWERED[language];
  const errors = unanswered.map((id) => ({ path: `body.nothingFurther.${id}`, rule: 'item-unanswered', message }));
  throw problem('REQUEST_INVALID', { errors });
};

const UNANSWERED = {
  zh: '该项未补正：请更正内容、提交材料，或列入 nothingFurther（无可补充）',
  en: 'The item is not answered: give a value or a material, or name it in `nothingFurther`',
} as const;
