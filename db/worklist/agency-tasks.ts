import { CLAIMABLE, WITH_AGENCY } from '../../domain/case/status.ts';
import { readCursor, writeCursor } from '../sql/cursors.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';
import { NO_OFFICE } from '../cases/unserved-steps.ts';
import { STEP_COLUMNS, type StepRow } from '../cases/steps.ts';

export interface AgencyTask extends StepRow {
  caseNo: string;
  matter: string;
  version: number;
}

export interface TaskPage {
  limit: number;
  /** `nextCursor` of the previous page. */
  after?: string;
  /** The division prefix in which the officer acts: the steps that it decides. */
  region?: string;
  /** Only tasks that one of these officers has claimed or was assigned. */
  of?: readonly string[];
  /** Only tasks that were assigned to no officer and are not claimed now. */
  free?: boolean;
}

/**
 * The steps that are with an agency, nearest deadline first, those without one last. A step whose
 * undo waits for a supervisor, and one whose division the agency does not serve, is left out. Throws `CURSOR_INVALID`.
 */
export const agencyTasks = async (
  db: Db,
  agency: string,
  { limit, after, region = '', of, free = false }: TaskPage,
): Promise<{ tasks: AgencyTask[]; nextCursor?: string }> => {
  const key = after === undefined ? [] : readCursor(after, 3);
  if (!key) throw databaseError('CURSOR_INVALID', 'the cursor is not one of this list');
  const [dueAt = null, caseId = null, stepId = null] = key;
  // Not a named statement: a plan for any statuses could not use the index of the steps under way.
  const { rows } = await db.query<AgencyTask & { due: string }>(
    `select ${STEP_COLUMNS}, case_no as "caseNo", matter, version,
      coalesce(steps.promised_at, 'infinity')::text as due
    from steps join cases on cases.id = steps.case_id
    where steps.agency = $1 and steps.status = any($8) and not (steps.undo and steps.status = any($9))
      and ($3::timestamptz is null
        or (coalesce(steps.promised_at, 'infinity'), steps.case_id, steps.id) > ($3::timestamptz, $4::uuid, $5::text))
      and steps.division >= $6 and steps.division < $6 || ':' and not ${NO_OFFICE}
      and ($7::text[] is null or steps.officer = any($7) or (steps.claimed_by = any($7) and steps.claimed_until > now()))
      and (not $10 or (steps.officer is null and coalesce(steps.claimed_until <= now(), true)))
    order by coalesce(steps.promised_at, 'infinity'), steps.case_id, steps.id limit $2`,
    [agency, limit + 1, dueAt, caseId, stepId, region, of ?? null, WITH_AGENCY, CLAIMABLE, free],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const tasks = page.map(({ due: _due, ...task }) => dropNulls(task));
  if (rows.length <= limit || !last) return { tasks };
  return { tasks, nextCursor: writeCursor([last.due, last.caseId, last.stepId]) };
};
