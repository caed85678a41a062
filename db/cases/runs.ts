import { databaseError, type Db } from '../sql/pool.ts';

/** The runs of workflows that may write entries of their cases (docs/decisions/0033). */

/** The run that may write; undefined: no run has written yet, and the first one may. */
export const findRun = async (db: Db, caseId: string): Promise<string | undefined> => {
  const { rows } = await db.query<{ runId: string | null }>('select run_id as "runId" from cases where id = $1', [
    caseId,
  ]);
  return rows[0]?.runId ?? undefined;
};

/** A new run takes over. `client` must have locked the case (`lockCase`). */
export const setRun = async (client: Db, caseId: string, runId: string): Promise<void> => {
  await client.query('update cases set run_id = $2 where id = $1', [caseId, runId]);
};

/**
 * Throws `RUN_REPLACED` if another run may write than the last of `runs`, which continues the ones
 * before it. For answers that come without entries: the projection checks entries itself.
 */
export const checkRun = async (db: Db, caseId: string, runs: readonly string[]): Promise<void> => {
  const runId = await findRun(db, caseId);
  if (runId !== undefined && !runs.includes(runId)) {
    throw databaseError('RUN_REPLACED', `case ${caseId} continues in another run`);
  }
};
