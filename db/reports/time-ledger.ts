import type { HeldStep } from '../../domain/reports/time-ledger.ts';
import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/**
 * A step that was sent, with the data that the time ledger (domain/reports/time-ledger.ts) needs.
 */
export interface HeldStepRow extends HeldStep {
  caseId: string;
  stepId: string;
}

const COLUMNS = `steps.case_id as "caseId", steps.id as "stepId", steps.agency, steps.clock,
  (select received_at from inbox where inbox.case_id = steps.case_id and inbox.message_id = steps.message_id) as "answeredAt"`;

/** The steps of a case that were sent. */
export const listHeldSteps = async (db: Db, caseId: string): Promise<HeldStepRow[]> => {
  const { rows } = await db.query<HeldStepRow>({
    name: 'list-held-steps',
    text: `select ${COLUMNS} from steps where case_id = $1 and clock is not null order by position`,
    values: [caseId],
  });
  return rows.map(dropNulls);
};

export interface HeldStepsFilter {
  /** Prefix of the deciding division; empty: everywhere. */
  region: string;
  matter?: string;
  /** Steps that ended from `endedFrom` on and before `endedBefore`. */
  endedFrom: number;
  endedBefore: number;
}

/** Steps are read in pages: a report over a year must not hold all of them in memory. */
const PAGE = 1_000;

/**
 * The steps that ended in a period, in order of their end, page by page, for reports to add up
 * (`addShares`).
 */
export async function* readHeldSteps(db: Db, filter: HeldStepsFilter): AsyncGenerator<HeldStepRow[]> {
  let after: [at: Date, caseId: string, stepId: string] = [new Date(filter.endedFrom), NO_CASE, ''];
  for (;;) {
    const { rows } = await db.query<HeldStepRow & { endedAt: number }>({
      name: 'read-held-steps',
      text: `select ${COLUMNS}, steps.ended_at as "endedAt" from steps join cases on cases.id = steps.case_id
        where steps.clock is not null and steps.ended_at < $1 and (steps.ended_at, steps.case_id, steps.id) > ($2, $3::uuid, $4)
          and steps.division like $5 || '%' and ($6::text is null or cases.matter = $6)
        order by steps.ended_at, steps.case_id, steps.id limit ${PAGE}`,
      values: [new Date(filter.endedBefore), ...after, filter.region, filter.matter ?? null],
    });
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(({ endedAt: _, ...row }) => dropNulls(row));
    if (rows.length < PAGE) return;
    after = [new Date(last.endedAt), last.caseId, last.stepId];
  }
}

/** Lower than every case. */
const NO_CASE = '00000000-0000-0000-0000-000000000000';
