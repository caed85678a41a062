import { z } from 'zod';
import { readCursor, writeCursor } from '../../../db/sql/cursors.ts';
import { readBodies } from '../../../db/messages/inbox.ts';
import { readCaseState } from '../../../db/cases/case-state.ts';
import type { CaseWithPlan } from '../../../db/cases/cases.ts';
import { readLedger, type LedgerRow } from '../../../db/cases/ledger.ts';
import { databaseError } from '../../../db/sql/pool.ts';
import { listSteps } from '../../../db/cases/steps.ts';
import { CaseId } from '../../../contract/values.ts';
import { findVisibleEntry, type VisibleEntry } from '../../../domain/case/agency-scope.ts';
import { listMovedDates } from '../../../domain/deadlines/moved-dates.ts';
import type { Matter } from '../../../domain/matter/schema.ts';
import { Timeline, TimelineQuery, type TimelineEntry } from '../../../contract/ledger.ts';
import type { Deps } from '../../deps.ts';
import { can } from '../../policy.ts';
import { route, type Route } from '../../http/route.ts';
import { stepResource } from '../../views/actions.ts';
import { iso } from '../../views/instants.ts';
import { timelineEntry } from '../../views/timeline.ts';
import { readableCase } from '../../commands/case-scope.ts';

/** The ledger of a case in readable form. */
export const caseLedgerRoutes = (deps: Deps): Route[] => [
  route({
    method: 'get',
    path: '/api/v1/cases/{caseId}/ledger',
    summary: 'List the ledger of a case, oldest first: what happened, when, by whom and, for authorised callers, why',
    tag: 'window',
    policy: { action: 'case.read', find: readableCase(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId }), query: TimelineQuery }),
    answers: { 200: { description: 'One page', schema: Timeline } },
    handler: async ({ caller, reading, found: { found, scope }, input: { query } }) => {
      const { caseId } = found;
      const opener = reading.open({ kind: 'words', purpose: 'case', caseId });
      const [rows, steps, bodies, { matter }] = await Promise.all([
        readLedger(deps.pool, caseId, afterOf(query.cursor), query.limit + 1),
        listSteps(deps.pool, caseId),
        readBodies(deps.pool, opener, caseId),
        deps.registry.matterOf(found),
      ]);
      /**
       * Texts about a step are for its agency and for supervisors. Texts about the whole case are
       * for everyone who may see the case.
       */
      const read = (messageId: string, stepId: string | undefined): unknown => {
        const step = steps.find((row) => row.stepId === stepId);
        const mayRead = !step || can(caller, 'step.read-words', stepResource(found, step));
        return mayRead ? bodies.get(messageId)?.() : undefined;
      };
      const viewEntry = async (row: LedgerRow, entry: VisibleEntry): Promise<TimelineEntry> => ({
        ...timelineEntry(row.seq, entry, matter, read),
        ...(await movedView(deps, found, matter, row)),
      });
      const page = rows.slice(0, query.limit);
      const last = page.at(-1);
      const entries = await Promise.all(
        page.flatMap((row) => {
          const entry: VisibleEntry | undefined = scope ? findVisibleEntry(row.entry, scope) : { ...row.entry };
          return entry ? [viewEntry(row, entry)] : [];
        }),
      );
      const more = rows.length > query.limit && last !== undefined;
      return { status: 200, body: { entries, ...(more && { nextCursor: writeCursor([last.seq]) }) } };
    },
  }),
];

/**
 * Computed from the ledger up to the entry and from the two calendar versions. All of them are
 * immutable.
 */
const movedView = async (
  { pool, calendars }: Deps,
  found: CaseWithPlan,
  matter: Matter,
  { seq, entry }: LedgerRow,
): Promise<Pick<TimelineEntry, 'moved'>> => {
  if (entry.kind !== 'calendar-changed') return {};
  const [{ state }, before, after] = await Promise.all([
    readCaseState(pool, found, seq),
    calendars.version(entry.before),
    calendars.version(entry.calendar),
  ]);
  return {
    moved: listMovedDates(before, after, matter, state).map(({ stepId, ...date }) => ({
      ...(stepId !== undefined && { step: stepId }),
      ...date,
      before: iso(date.before),
      after: iso(date.after),
    })),
  };
};

const afterOf = (cursor: string | undefined): number => {
  if (cursor === undefined) return 0;
  const [seq] = readCursor(cursor, 1) ?? [];
  if (!Number.isInteger(seq) || typeof seq !== 'number') {
    throw databaseError('CURSOR_INVALID', 'the cursor is not one of this list');
  }
  return seq;
};
