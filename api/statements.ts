import type { Db } from '../db/pool.ts';
import { present } from '../db/rows.ts';
import { STEP_COLUMNS, type StepRow } from '../db/steps.ts';
import type { Backlog } from './metrics.ts';

/** Statements that only the front door needs. */

/**
 * Whether a supplement still waits for its first answer, given that of `messageId` is not counted. Locks the case, so that of two
 * answers at once the second sees the first; `client` must be inside a transaction.
 */
export const isAnswerOpen = async (
  client: Db,
  { caseId, supplementId, messageId }: { caseId: string; supplementId: string; messageId: string },
): Promise<boolean> => {
  await client.query('select from cases where id = $1 for update', [caseId]);
  const { rowCount } = await client.query(
    `select from supplements where case_id = $1 and id = $2 and answered_at is null and not exists (
      select from inbox where inbox.case_id = $1 and message_id <> $3 and message->>'supplementId' = $2
        and (outcome is null or outcome->>'kind' <> 'refused'))`,
    [caseId, supplementId, messageId],
  );
  return rowCount === 1;
};

/** An agency says that it is at work: its silence starts anew. Nothing happens to a step that it has not. */
export const heardOfStep = async (
  db: Db,
  { caseId, stepId, round }: { caseId: string; stepId: string; round: number },
) => {
  await db.query(
    `update steps set enquiries = 0, enquire_at = now() + agencies.enquire_after_s * interval '1 second' from agencies
    where case_id = $1 and steps.id = $2 and round = $3 and status = 'accepted' and agencies.id = steps.agency and enquire_at is not null`,
    [caseId, stepId, round],
  );
};

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

/** What waits for the relay. */
export const readBacklog = async (db: Db): Promise<Backlog> => {
  const { rows } = await db.query<Backlog>(
    `select * from
      (select count(*) as messages, coalesce(extract(epoch from now() - min(received_at)), 0)::float as "oldestMessageAgeS"
        from inbox where settled_at is null) as inbox,
      (select count(*) as "startRequests", coalesce(extract(epoch from now() - min(created_at)), 0)::float as "oldestStartRequestAgeS"
        from start_requests where started_at is null) as starts`,
  );
  const [backlog] = rows;
  if (!backlog) throw new Error('the backlog gave no row');
  return backlog;
};
