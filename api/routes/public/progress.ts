import { z } from 'zod';
import { readCaseNo } from '../../../db/cases/case-numbers.ts';
import { QUERY_CODE_DIGITS, findCaseByQueryCode } from '../../../db/cases/cases.ts';
import { normaliseNumber } from '../../../domain/form/normalise.ts';
import { PublicProgress } from '../../../contract/progress.ts';
import type { Deps } from '../../deps.ts';
import { noteRequest } from '../../http/log.ts';
import { networkOf } from '../../http/network.ts';
import { problem } from '../../http/problems.ts';
import { route, findNothing, type Route } from '../../http/route.ts';
import { viewProgress } from '../../views/progress.ts';

/** The progress of a case for the applicant, who has the case number and the query code. */
export const progressRoutes = (deps: Deps): Route[] => [
  route({
    method: 'post',
    path: '/public/v1/progress',
    summary: 'Get the progress of a case in plain words, for the applicant',
    tag: 'public',
    limit: 'publicAddress',
    policy: { action: 'progress.read', find: findNothing },
    input: z.strictObject({
      // In the body, because proxies, logs and histories keep addresses.
      body: z.strictObject({
        caseNo: z.string().max(40).meta({ description: 'The case number of the receipt' }),
        code: z.string().max(40).meta({ description: 'The query code of the receipt' }),
      }),
    }),
    answers: {
      200: { description: 'The case', schema: PublicProgress },
      404: { description: 'The case number or the code is wrong; the answer does not say which' },
      429: { description: 'Too many attempts from this network' },
    },
    handler: async ({ input: { body }, req, res }) => {
      const caseNo = readCaseNo(body.caseNo);
      // A number with a wrong check digit or a code of another length is a typing mistake. It does
      // not count as an attempt.
      if (caseNo === undefined) throw problem('NOT_FOUND');
      const code = normaliseNumber(body.code);
      if (!isQueryCode(code)) throw problem('NOT_FOUND');
      const network = networkOf(req.ip);
      await deps.limits.wrongCodes.consume(caseNo, network);
      const found = await findCaseByQueryCode(deps.pool, deps.cipher, caseNo, code);
      if (!found) throw problem('NOT_FOUND');
      noteRequest(res, { caseId: found.caseId });
      await deps.limits.wrongCodes.giveBack(caseNo, network);
      return { status: 200, body: await viewProgress(deps, found) };
    },
  }),
];

const isQueryCode = (code: string): boolean => code.length === QUERY_CODE_DIGITS && /^\d+$/.test(code);
