import { GRANTED, type StepStatus } from '../../domain/case/status.ts';
import type { ServedCase } from '../../domain/reports/value.ts';
import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

export interface ServedCasesFilter {
  /** Division prefix; empty: everywhere. */
  region: string;
  matter?: string;
  /** Cases that ended from `endedFrom` on and before `endedBefore`. */
  endedFrom: number;
  endedBefore: number;
}

/** An applicant who collects the papers has no parcel. */
const SKIPPED: StepStatus = 'skipped';
const PAGE = 1_000;
/** Lower than every case. */
const NO_CASE = '00000000-0000-0000-0000-000000000000';

/**
 * The cases that ended with something granted, in order of their end, page by page, for the report
 * of value to add up.
 */
export async function* readServedCases(db: Db, filter: ServedCasesFilter): AsyncGenerator<ServedCase[]> {
  let after: [at: Date, caseId: string] = [new Date(filter.endedFrom), NO_CASE];
  for (;;) {
    const { rows } = await db.query<ServedCase & { caseId: string }>({
      name: 'read-served-cases',
      text: `select id as "caseId", matter, channel, submitted_at as "submittedAt", ended_at as "endedAt",
          (select handed_in from dossiers where dossiers.case_id = cases.id order by revision desc limit 1) as "handedIn",
          (select count(*) from notices where notices.case_id = cases.id and notices.status = 'answered') as answered,
          (select bool_and(steps.status = $7) from steps where steps.case_id = cases.id and kind = 'deliver') is true as fetched
        from cases
        where ended_at is not null and ended_at < $1 and (ended_at, id) > ($2, $3::uuid) and status = any($6)
          and region like $4 || '%' and ($5::text is null or matter = $5)
        order by ended_at, id limit ${PAGE}`,
      values: [new Date(filter.endedBefore), ...after, filter.region, filter.matter ?? null, GRANTED, SKIPPED],
    });
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(({ caseId: _, ...row }) => dropNulls(row));
    if (rows.length < PAGE) return;
    after = [new Date(last.endedAt), last.caseId];
  }
}
