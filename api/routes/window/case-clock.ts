import { z } from 'zod';
import { CaseId } from '../../../contract/values.ts';
import { ClockQuery, ClockView } from '../../../contract/clocks.ts';
import type { Deps } from '../../deps.ts';
import { route, type Route } from '../../http/route.ts';
import { viewClock } from '../../views/clock.ts';
import { readableCase } from '../../commands/case-scope.ts';

/** How the deadlines of a case are computed. */
export const caseClockRoutes = (deps: Deps): Route[] => [
  route({
    method: 'get',
    path: '/api/v1/cases/{caseId}/clock',
    summary:
      'Explain the deadlines of a case, its items and its steps: day by day, with holiday notices and pauses, and who held them for how long',
    tag: 'window',
    policy: { action: 'case.read', find: readableCase(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), query: ClockQuery }),
    answers: { 200: { description: 'The clocks', schema: ClockView } },
    handler: async ({ found: { found, scope }, input: { query } }) => ({
      status: 200,
      body: await viewClock(deps, found, scope, query.step),
    }),
  }),
];
