import type { Opener, Sealer } from '../sql/sealing.ts';
import type { Db } from '../sql/pool.ts';

/**
 * Notes of an officer about a task before the decision. They may contain personal data, so they are
 * sealed.
 */
export interface Draft {
  words: unknown;
  /** The last writer, and the time. */
  by: string;
  at: number;
}

interface Task {
  caseId: string;
  stepId: string;
  round: number;
}

const context = ({ caseId, stepId }: Task): string => `draft:${caseId}:${stepId}`;

/**
 * Keeps a draft under the claim of its writer, and replaces the earlier one. Undefined: the task is
 * not claimed by this officer now.
 */
export const saveDraft = async (
  db: Db,
  cipher: Sealer,
  task: Task,
  { by, words }: { by: string; words: unknown },
): Promise<{ at: number } | undefined> => {
  const { rows } = await db.query<{ at: number }>(
    `insert into drafts (case_id, step_id, round, body, account)
    select case_id, id, round, $5, $4 from steps
      where case_id = $1 and id = $2 and round = $3 and claimed_by = $4 and claimed_until > now() for share
    on conflict (case_id, step_id) do update set round = excluded.round, body = excluded.body, account = excluded.account,
      written_at = excluded.written_at
    returning written_at as at`,
    [task.caseId, task.stepId, task.round, by, cipher.seal(words, context(task))],
  );
  return rows[0];
};

/** The draft of a task in this round; a draft of an earlier round does not count. */
export const findDraft = async (db: Db, opener: Opener, task: Task): Promise<Draft | undefined> => {
  const { rows } = await db.query<{ body: Buffer; by: string; at: number }>(
    'select body, account as by, written_at as at from drafts where case_id = $1 and step_id = $2 and round = $3',
    [task.caseId, task.stepId, task.round],
  );
  const [row] = rows;
  return row && { words: opener.open(row.body, context(task)), by: row.by, at: row.at };
};

/** The step is decided, so the draft is deleted. */
export const dropDraft = async (db: Db, { caseId, stepId }: Task): Promise<void> => {
  await db.query('delete from drafts where case_id = $1 and step_id = $2', [caseId, stepId]);
};
