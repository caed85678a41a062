import type { z } from 'zod';
import { parseRequestId, type EffectKey } from '../../agencies/contract.ts';
import type { CaseFilter } from '../../db/cases/case-list.ts';
import { getCase, type CaseWithPlan } from '../../db/cases/cases.ts';
import { getStep, getTask, listSteps, type CaseOfStep, type StepRow } from '../../db/cases/steps.ts';
import type { CaseQuery } from '../../contract/cases.ts';
import { CaseId } from '../../contract/values.ts';
import { findAgencyScope, type AgencyScope } from '../../domain/case/agency-scope.ts';
import { SKIPPED } from '../../domain/case/status.ts';
import type { Caller } from '../../identity/caller.ts';
import { can } from '../policy.ts';
import type { Deps } from '../deps.ts';
import type { FoundResource } from '../http/route.ts';
import { stepResource } from '../views/actions.ts';

/** The id of the case that the parameters of a path name, if they do and have the form of ids. */
export const findCaseId = ({ caseId, requestId }: Readonly<Record<string, unknown>>): string | undefined =>
  CaseId.safeParse(caseId).data ?? (typeof requestId === 'string' ? parseRequestId(requestId)?.caseId : undefined);

/** The case in the path, for `can`, for actions of windows and supervisors. Its scope: its region. */
export const caseScope =
  ({ pool }: Deps) =>
  async ({ params }: { params: { caseId: string } }): Promise<FoundResource<CaseWithPlan>> => {
    const found = await getCase(pool, params.caseId);
    return { resource: { region: found.region, agencies: [] }, found };
  };

export interface ReadableCase {
  found: CaseWithPlan;
  /** How far an officer sees the case; absent: the caller sees all of it. */
  scope?: AgencyScope;
}

/**
 * The case in the path, for callers who read it. An officer may read it if their agency has a step
 * in it that is not skipped and that their division decides, and a supervisor of another division if
 * it decides such a step; both then only as far as `scope`.
 */
export const readableCase =
  ({ pool }: Deps) =>
  async ({ params }: { params: { caseId: string } }, caller: Caller): Promise<FoundResource<ReadableCase>> => {
    const found = await getCase(pool, params.caseId);
    const { region } = found;
    const isElsewhere = caller.role === 'supervisor' && !region.startsWith(caller.region);
    if (caller.role !== 'officer' && !isElsewhere) return { resource: { region, agencies: [] }, found: { found } };
    const steps = await listSteps(pool, found.caseId);
    const action = caller.role === 'officer' ? 'task.read' : 'order.read';
    const isOwn = (step: StepRow): boolean => can(caller, action, stepResource(found, step));
    const scope = findAgencyScope(found.plan, steps, isOwn);
    const own = steps.find(({ stepId }) => scope.own.has(stepId));
    return { resource: own ? stepResource(found, own) : { region, agencies: [] }, found: { found, scope } };
  };

/** The step in the path with its case, for `can`. Its scope: its region and its own agency. */
export const stepScope =
  ({ pool }: Deps) =>
  async ({
    params,
  }: {
    params: { caseId: string; stepId: string };
  }): Promise<FoundResource<{ found: CaseWithPlan; step: StepRow }>> => {
    const [found, step] = await Promise.all([
      getCase(pool, params.caseId),
      getStep(pool, params.caseId, params.stepId),
    ]);
    return { resource: stepResource(found, step), found: { found, step } };
  };

export interface FoundTask {
  key: EffectKey;
  found: CaseOfStep;
  step: StepRow;
}

/**
 * The task in the path (a step in one round), for `can`. Its scope is that of the step. A skipped
 * step is no task.
 */
export const taskScope =
  ({ pool }: Deps) =>
  async ({ params }: { params: { requestId: string } }): Promise<FoundResource<FoundTask> | undefined> => {
    const key = parseRequestId(params.requestId);
    if (!key) return undefined;
    const { found, step } = await getTask(pool, key.caseId, key.stepId);
    if (step.status === SKIPPED) return undefined;
    return { resource: stepResource(found, step), found: { key, found, step } };
  };

/**
 * Restricts a filter by division and agency to what the caller may list (`scopeOf`); undefined: no
 * item can match.
 */
export const narrowFilter = (
  { region = '', agency }: { region?: string | undefined; agency?: string | undefined },
  scope: { region?: string; agency?: string },
): { region?: string; agency?: string } | undefined => {
  const own = scope.region ?? '';
  if (!region.startsWith(own) && !own.startsWith(region)) return undefined;
  if (agency !== undefined && scope.agency !== undefined && agency !== scope.agency) return undefined;
  const narrower = region.length > own.length ? region : own;
  const whose = scope.agency ?? agency;
  return { ...(narrower !== '' && { region: narrower }), ...(whose !== undefined && { agency: whose }) };
};

export type ListedCases = Pick<
  z.output<typeof CaseQuery>,
  'matter' | 'status' | 'agency' | 'region' | 'light' | 'text'
>;

/**
 * Restricts the filter of a list to `scope`; undefined: no case can match. The scope of an agency is
 * about the steps that a division decides, as is any scope for `steps`; otherwise it is about the
 * division of the case.
 */
export const caseFilterOf = (
  filter: ListedCases,
  scope: { region?: string; agency?: string },
  now: number,
  about: 'cases' | 'steps' = 'cases',
): CaseFilter | undefined => {
  const { region: division, ...rest } = scope;
  const isAboutSteps = about === 'steps' || scope.agency !== undefined;
  const within = narrowFilter(filter, isAboutSteps ? rest : scope);
  if (!within) return undefined;
  const caseFilter: CaseFilter = { now, ...within, ...(isAboutSteps && division !== undefined && { division }) };
  if (filter.matter !== undefined) caseFilter.matter = filter.matter;
  if (filter.status !== undefined) caseFilter.status = filter.status;
  if (filter.light !== undefined) caseFilter.light = filter.light;
  if (filter.text !== undefined) caseFilter.text = filter.text;
  return caseFilter;
};
