import { z } from 'zod';
import { readCaseNo } from '../../../db/cases/case-numbers.ts';
import { findCaseByQueryCode } from '../../../db/cases/cases.ts';
import { normaliseNumber } from '../../../domain/form/normalise.ts';
import { PublicProgress } from '../../../contract/progress.ts';
import type { Deps } from '../../deps.ts';
import { problem } from '../../http/problems.ts';
import { route, findNothing, type Route } from '../../http/route.ts';
import { viewProgress } from '../../views/progress.ts';

/** The progress of a case for the applicant, who has the case number and the query code. */
export const progressRoutes = (deps: Deps): Route[] => [
  route({
    method: 'get',
    path: '/public/v1/progress/{caseNo}',
    summary: 'Get the progress of a case in plain words, for the applicant',
    tag: 'public',
    limit: 'publicAddress',
    policy: { action: 'progress.read', find: findNothing },
    input: z.strictObject({
      params: z.strictObject({ caseNo: z.string().max(40) }),
      query: z.strictObject({ code: z.string().max(40) }),
    }),
    answers: {
      200: { description: 'The case', schema: PublicProgress },
      404: { description: 'The case number or the code is wrong; the answer does not say which' },
      429: { description: 'Too many attempts' },
    },
    handler: async ({ input: { params, query } }) => {
      const caseNo = readCaseNo(params.caseNo);
      // A number with a wrong check digit or a code without six digits is a typing mistake. It does
      // not count as an attempt.
      if (caseNo === undefined) throw problem('NOT_FOUND');
      const code = normaliseNumber(query.code);
      if (!/^\d{6}$/.test(code)) throw problem('NOT_FOUND');
      await deps.limits.wrongCodes.consume(caseNo);
      const found = await findCaseByQueryCode(deps.pool, deps.cipher, caseNo, code);
      if (!found) throw problem('NOT_FOUND');
      await deps.limits.wrongCodes.giveBack(caseNo);
      return { status: 200, body: await viewProgress(deps, found) };
    },
  }),
];
