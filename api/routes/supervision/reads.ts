import { z } from 'zod';
import { ReadList, ReadQuery, type ReadView } from '../../../contract/reads.ts';
import { CaseId } from '../../../contract/values.ts';
import { listReads, type RecordedRead } from '../../../db/cases/reads.ts';
import type { Matter } from '../../../domain/matter/schema.ts';
import { READ_KIND_WORDS, READ_PURPOSE_WORDS } from '../../../domain/words/reads.ts';
import { caseScope } from '../../commands/case-scope.ts';
import type { Deps } from '../../deps.ts';
import { route, type Route } from '../../http/route.ts';
import { iso } from '../../views/instants.ts';
import { stepName } from '../../views/names.ts';

/** Who read personal values of a case. */
export const readRoutes = (deps: Deps): Route[] => [
  route({
    method: 'get',
    path: '/api/v1/cases/{caseId}/reads',
    summary: 'List who read personal data of the case, newest first: when, which and for what',
    tag: 'supervision',
    policy: { action: 'read.list', find: caseScope(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), query: ReadQuery }),
    answers: { 200: { description: 'One page', schema: ReadList } },
    handler: async ({ found, input: { query } }) => {
      const [{ reads, nextCursor }, { matter }] = await Promise.all([
        listReads(deps.pool, found.caseId, query),
        deps.registry.matterOf(found),
      ]);
      const body = { reads: reads.map((read) => readView(matter, read)) };
      return { status: 200, body: { ...body, ...(nextCursor !== undefined && { nextCursor }) } };
    },
  }),
];

const readView = (matter: Matter, { at, by, stepId, kind, purpose }: RecordedRead): ReadView => ({
  at: iso(at),
  by,
  ...(stepId !== undefined && { step: { id: stepId, name: stepName(matter, stepId) } }),
  kind,
  what: READ_KIND_WORDS[kind],
  purpose,
  purposeText: READ_PURPOSE_WORDS[purpose],
});
