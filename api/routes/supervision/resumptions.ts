import { z } from 'zod';
import {
  ConfirmResumptions,
  LostCaseList,
  LostCaseQuery,
  ResumeCase,
  ResumptionReceipt,
} from '../../../contract/resumptions.ts';
import { CaseId } from '../../../contract/values.ts';
import { approveCase, listLost } from '../../../db/supervision/resumptions.ts';
import { confirmRunLoss, findRunLoss } from '../../../db/supervision/run-losses.ts';
import { actorOf } from '../../../identity/caller.ts';
import { caseScope } from '../../commands/case-scope.ts';
import type { Deps } from '../../deps.ts';
import { problem } from '../../http/problems.ts';
import { findNothing, route, type Route } from '../../http/route.ts';
import { scopeOf } from '../../policy.ts';
import { iso } from '../../views/instants.ts';

const RECORDED = { status: 202, body: { recorded: true } } as const;

/** Cases whose workflows are lost. The API only records; a worker continues them in a new run. */
export const resumptionRoutes = (deps: Deps): Route[] => {
  const { pool, cipher } = deps;
  return [
    route({
      method: 'get',
      path: '/api/v1/resumptions',
      summary: 'List cases whose workflows are lost, and whether a supervisor has to confirm that they resume',
      tag: 'supervision',
      policy: { action: 'resumption.list', find: findNothing },
      input: z.strictObject({ query: LostCaseQuery }),
      answers: { 200: { description: 'The first of them, and the number of all', schema: LostCaseList } },
      handler: async ({ caller, input: { query } }) => {
        const { region = '' } = scopeOf(caller, 'resumption.list');
        const [{ lost, total }, incident] = await Promise.all([
          listLost(pool, { region, limit: query.limit }),
          findRunLoss(pool),
        ]);
        const body: LostCaseList = {
          cases: lost.map(({ foundAt, approvedAt, ...row }) => ({
            ...row,
            foundAt: iso(foundAt),
            ...(approvedAt !== undefined && { approvedAt: iso(approvedAt) }),
          })),
          total,
          ...(incident && {
            incident: {
              ...{ id: incident.id, why: incident.why, openedAt: iso(incident.openedAt) },
              ...(incident.confirmedAt !== undefined && { confirmedAt: iso(incident.confirmedAt) }),
            },
          }),
        };
        return { status: 200, body };
      },
    }),

    route({
      method: 'post',
      path: '/api/v1/resumptions/confirm',
      summary: 'Confirm that all lost cases resume, after a loss of many workflows or of the namespace',
      tag: 'supervision',
      // It concerns every division.
      policy: { action: 'resumption.confirm', find: () => Promise.resolve({ resource: EVERYWHERE, found: undefined }) },
      input: z.strictObject({ body: ConfirmResumptions }),
      answers: {
        202: { description: 'Recorded; the cases resume within seconds', schema: ResumptionReceipt },
        409: { description: 'This incident is not open, or confirmed already' },
      },
      handler: async ({ caller, input: { body } }) => {
        const { incident: id, reason } = body;
        if (!(await confirmRunLoss(pool, cipher, { id, by: actorOf(caller), reason })))
          throw problem('INCIDENT_NOT_OPEN');
        return RECORDED;
      },
    }),

    route({
      method: 'post',
      path: '/api/v1/cases/{caseId}/resumption',
      summary: 'Resume one open case in a new run of its workflow, if its last run is lost',
      tag: 'supervision',
      policy: { action: 'case.resume', find: caseScope(deps) },
      input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), body: ResumeCase }),
      answers: {
        202: { description: 'Recorded; a workflow that is in order is left alone', schema: ResumptionReceipt },
        409: { description: 'The case has ended' },
      },
      handler: async ({ caller, found: { caseId, endedAt }, input: { body } }) => {
        if (endedAt !== undefined) throw problem('CASE_ENDED');
        await approveCase(pool, cipher, { caseId, by: actorOf(caller), reason: body.reason });
        return RECORDED;
      },
    }),
  ];
};

const EVERYWHERE = { region: '', agencies: [] };
