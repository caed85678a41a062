import type { FoundDuplicate, Override } from '../../db/cases/duplicates.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import type { CaseView } from '../../contract/cases.ts';
import type { DuplicateView } from '../../contract/duplicates.ts';
import { can } from '../policy.ts';
import type { Caller } from '../../identity/caller.ts';
import { iso } from './instants.ts';

/** A duplicate. Callers who may not see the case learn only that it exists. */
export const duplicateView = (
  matter: Matter,
  caller: Caller,
  { rule, caseId, caseNo, region }: FoundDuplicate,
): DuplicateView => {
  const message = matter.duplicates.find(({ id }) => id === rule)?.message ?? { zh: rule, en: rule };
  const visible = can(caller, 'case.read', { region, agencies: [] });
  return { rule, message, ...(visible && { caseId, caseNo }) };
};

export const overrideView = (
  matter: Matter,
  caller: Caller,
  override: Override | undefined,
): Pick<CaseView, 'override'> =>
  override === undefined
    ? {}
    : {
        override: {
          by: override.by,
          at: iso(override.at),
          reason: override.reason,
          duplicates: override.found.map((found) => duplicateView(matter, caller, found)),
        },
      };
