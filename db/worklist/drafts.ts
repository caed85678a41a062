import type { Cipher } from '../sql/sealing.ts';
import type { Db } from '../sql/pool.ts';

/** What an officer wrote down about a task before deciding it. It may hold personal data, so it is sealed. */
export interface Draft {
  words: unknown;
  /** Whoever wrote it last, and when. */
  by: string;
  at: number;
}

interface Task {
  caseId: string;
  stepId: string;
  round: number;
}

const context = ({ caseId, stepId }: Task): string => `draft:${caseId}:${stepId}`;

/** Keeps a draft under the claim of its writer, in the place of what was there. Undefined: the task is not this officer's now. */
export const saveDraft = async (
  db: Db,
  cipher: Cipher,
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

/** The draft of a task in this round; one of an earlier round is none. */
export const findDraft = async (db: Db, cipher: Cipher, task: Task): Promise<Draft | undefined> => {
  const { rows } = await db.query<{ body: Buffer; by: string; at: number }>(
    'select body, account as by, written_at as at from drafts where case_id = $1 and step_id = $2 and round = $3',
    [task.caseId, task.stepId, task.round],
  );
  const [row] = rows;
  return row && { words: cipher.open(row.body, context(task)), by: row.by, at: row.at };
};

/** The step is decided: nobody needs the draft any more. */
export const dropDraft = async (db: Db, { caseId, stepId }: Task): Promise<void> => {
  await db.query('delete from drafts where case_id = $1 and step_id = $2', [caseId, stepId]);
};
