import type { NewItem } from '../../db/supervision/bulk.ts';
import { listCases, type CaseFilter } from '../../db/cases/case-list.ts';
import type { CaseRow } from '../../db/cases/cases.ts';
import type { Db } from '../../db/sql/pool.ts';
import { stepsStalledFor } from '../../db/supervision/stall-list.ts';
import { listOpenSteps, type StepRow } from '../../db/cases/steps.ts';
import { stepActionOf, type BulkAction } from '../../domain/supervision/bulk.ts';
import { whyNotExtendBy } from '../../domain/case/extension-days.ts';
import { whyNotOpen, whyNotStep } from '../../domain/case/run.ts';
import type { CreateBulk } from '../../contract/bulk.ts';
import type { Deps } from '../deps.ts';
import { problem } from '../http/problems.ts';
import type { Caller } from '../../identity/caller.ts';
import { mayOnStep } from '../views/actions.ts';
import { lightOfStep } from '../views/case.ts';

/** A longer list is refused instead of cut, so that a person has seen every item. */
const MOST_ITEMS = 5_000;
const PAGE = 500;

/**
 * The items that a filter selects now, with the effect of the action on each (a dry run). Throws
 * `BULK_TOO_LARGE` and `BULK_EMPTY`.
 */
export const bulkList = async (
  deps: Deps,
  db: Db,
  caller: Caller,
  { action, filter }: CreateBulk,
  scoped: CaseFilter | undefined,
): Promise<NewItem[]> => {
  const items: NewItem[] = [];
  for (let cursor: string | undefined; scoped;) {
    const page = await listCases(db, deps.cipher, scoped, { limit: PAGE, ...(cursor !== undefined && { cursor }) });
    items.push(...(await itemsOf(deps, db, caller, action, filter, page.rows)));
    if (items.length > MOST_ITEMS) throw problem('BULK_TOO_LARGE');
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  if (items.length === 0) throw problem('BULK_EMPTY');
  return items;
};

const itemsOf = async (
  deps: Deps,
  db: Db,
  caller: Caller,
  action: BulkAction,
  filter: CreateBulk['filter'],
  cases: readonly CaseRow[],
): Promise<NewItem[]> => {
  const onStep = stepActionOf(action);
  if (onStep === undefined) {
    return cases.map((found) => ({ caseId: found.caseId, effect: whyNotOpen(found) ?? 'apply' }));
  }
  const byId = new Map(cases.map((found) => [found.caseId, found]));
  const { cause } = filter;
  const [steps, stalled] = await Promise.all([
    listOpenSteps(db, [...byId.keys()]),
    cause === undefined ? undefined : stepsStalledFor(db, [...byId.keys()], cause),
  ]);
  const isMeant = (step: StepRow): boolean =>
    (filter.agency === undefined || step.agency === filter.agency) &&
    (filter.step === undefined || step.definition === filter.step) &&
    (filter.light === undefined || lightOfStep(step, deps.now()) === filter.light) &&
    (stalled === undefined || stalled.has(`${step.caseId}:${step.stepId}`));
  return steps.filter(isMeant).flatMap((step) => {
    const found = byId.get(step.caseId);
    const { caseId, stepId, round } = step;
    if (!found || !mayOnStep(caller, found, step, onStep)) return [];
    return [{ caseId, stepId, round, effect: effectOn(action, found, step) }];
  });
};

/** `apply`, or the code with which the case would refuse the action now. */
const effectOn = (action: BulkAction, found: CaseRow, step: StepRow): string => {
  const onStep = stepActionOf(action);
  const code = onStep && whyNotStep(found, step, onStep);
  if (code) return code;
  const tooLong = action.kind === 'extend' ? whyNotExtendBy(step, action.days) : undefined;
  return tooLong ?? 'apply';
};
