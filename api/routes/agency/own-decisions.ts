import { z } from 'zod';
import { formatRequestId } from '../../../agencies/contract.ts';
import type { DecisionKind } from '../../../domain/case/messages.ts';
import { DecisionList } from '../../../contract/tasks.ts';
import { Cursor } from '../../../contract/values.ts';
import { ownDecisions, type OwnDecision } from '../../../db/worklist/own-decisions.ts';
import { actorOf } from '../../../identity/caller.ts';
import type { Deps } from '../../deps.ts';
import { route, type Route } from '../../http/route.ts';
import { scopeOf } from '../../policy.ts';
import { iso } from '../../views/instants.ts';
import { stepName } from '../../views/names.ts';
import { findOwnAgency } from './own-agency.ts';

/** What an officer or a system of an agency has decided (已办). */
export const ownDecisionRoutes = (deps: Deps): Route[] => [
  route({
    method: 'get',
    path: '/agency/v1/decisions',
    summary: 'List own decisions, the latest first',
    tag: 'agency',
    policy: { action: 'task.list', find: findOwnAgency },
    input: z.strictObject({
      query: z.strictObject({
        cursor: Cursor.optional(),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
    }),
    answers: { 200: { description: 'One page', schema: DecisionList } },
    handler: async ({ caller, found: agency, input: { query } }) => {
      const { region = '' } = scopeOf(caller, 'task.list');
      const { decisions, nextCursor } = await ownDecisions(deps.pool, actorOf(caller), {
        agency,
        limit: query.limit,
        region,
        ...(query.cursor !== undefined && { after: query.cursor }),
      });
      const body = { decisions: await Promise.all(decisions.map((decision) => decisionView(deps, decision))) };
      return { status: 200, body: { ...body, ...(nextCursor !== undefined && { nextCursor }) } };
    },
  }),
];

const decisionView = async (deps: Deps, own: OwnDecision): Promise<DecisionList['decisions'][number]> => {
  const { caseId, caseNo, version, at, entry, status } = own;
  const { matter } = await deps.registry.matterOf(own);
  return {
    requestId: formatRequestId({ ...entry, caseId }),
    caseId,
    caseNo,
    matter: { code: own.matter, version, name: matter.name },
    step: { id: entry.stepId, name: stepName(matter, entry.stepId) },
    decision: describeDecision(entry),
    at: iso(at),
    status,
  };
};

const describeDecision = (entry: OwnDecision['entry']): DecisionKind => {
  switch (entry.kind) {
    case 'step-decided':
      return entry.decision;
    case 'supplement-wanted':
      return 'supplement';
    case 'record-missed':
      return 'missed';
    case 'parcel-returned':
      return 'returned';
  }
};
