import type { Db } from './pool.ts';
import { present } from './rows.ts';
import { STEP_COLUMNS, type StepRow } from './steps.ts';

export interface AgencyCounts {
  agency: string;
  pending: number;
  running: number;
  attention: number;
}

const IN_REGION = `cases.region >= $1 and cases.region < $1 || ':'`;

/** Open steps by agency in a division (prefix; empty: everywhere). */
export const countByAgency = async (db: Db, region: string): Promise<AgencyCounts[]> => {
  const { rows } = await db.query<AgencyCounts>(
    `select steps.agency, count(*) filter (where steps.status = 'submitted') as pending,
      count(*) filter (where steps.status in ('accepted', 'supplement', 'suspended', 'undoing')) as running,
      count(*) filter (where steps.status = 'attention') as attention
    from steps join cases on cases.id = steps.case_id
    where steps.status in ('submitted', 'accepted', 'supplement', 'suspended', 'attention', 'undoing') and ${IN_REGION}
    group by steps.agency`,
    [region],
  );
  return rows;
};

export interface SuspectStep extends StepRow {
  caseNo: string;
  region: string;
  matter: string;
}

/** Open steps of a division that may be stalled, longest unchanged first; `stallOf` has the last word. */
export const suspectSteps = async (db: Db, region: string, limit: number): Promise<SuspectStep[]> => {
  const { rows } = await db.query<SuspectStep>(
    `select ${STEP_COLUMNS}, case_no as "caseNo", region, matter from steps join cases on cases.id = steps.case_id
    where ${IN_REGION} and (steps.status in ('attention', 'supplement')
      or (steps.status in ('submitted', 'undoing') and attempts > 0)
      or (steps.status = 'accepted' and (enquiries > 0 or changed_at < now() - interval '1 hour')))
    order by changed_at, steps.case_id, steps.id limit $2`,
    [region, limit],
  );
  return rows.map(present);
};
