import type { Actor } from '../../domain/case/messages.ts';
import type { Read } from '../../domain/reads.ts';
import { readCursor, writeCursor } from '../sql/cursors.ts';
import { databaseError, isRetryable, isUnavailable, type Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/**
 * Records reads of personal values by one person, or by the system of an agency. Throws
 * `READ_NOT_RECORDED`, so that no answer with these values goes out.
 */
export const recordReads = async (db: Db, by: Actor, reads: readonly Read[]): Promise<void> => {
  try {
    await db.query({
      name: 'record-reads',
      text: `insert into reads (account, role, case_id, step_id, kind, purpose)
        select $1, $2, "caseId", "stepId", kind, purpose
        from jsonb_to_recordset($3) as new ("caseId" uuid, "stepId" text, kind text, purpose text)`,
      values: [by.id, by.role, JSON.stringify(reads)],
    });
  } catch (error) {
    if (isUnavailable(error) || isRetryable(error)) throw error;
    throw Object.assign(databaseError('READ_NOT_RECORDED', 'reads of personal values were not recorded'), {
      cause: error,
    });
  }
};

/** A read as it was recorded. */
export interface RecordedRead extends Omit<Read, 'caseId'> {
  at: number;
  by: Actor;
}

/** The reads of a case, newest first. Throws `CURSOR_INVALID`. */
export const listReads = async (
  db: Db,
  caseId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ reads: RecordedRead[]; nextCursor?: string }> => {
  const [before = null] = cursor === undefined ? [] : (readCursor(cursor, 1) ?? []);
  if (cursor !== undefined && !Number.isInteger(before)) {
    throw databaseError('CURSOR_INVALID', 'the cursor is not one of this list');
  }
  const { rows } = await db.query<RecordedRead & { id: number }>(
    `select id, at, json_build_object('role', role, 'id', account) as by, step_id as "stepId", kind, purpose
    from reads where case_id = $1 and ($2::bigint is null or id < $2) order by id desc limit $3`,
    [caseId, before, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const reads = page.map((row): RecordedRead => {
    const { id: _cursor, ...read } = dropNulls(row);
    return read;
  });
  return { reads, ...(rows.length > limit && last && { nextCursor: writeCursor([last.id]) }) };
};
