import type { DueKind } from '../matters/engine/dues.ts';
import type { Db } from './pool.ts';
import { present } from './rows.ts';

/** An instant that a case waits for. Milliseconds since 1970. */
export interface DueRow {
  key: string;
  kind: DueKind;
  stepId?: string;
  since: number;
  dueAt: number;
  /** It lies past the calendar's last covered day. */
  provisional: boolean;
}

/** What a case waits for, nearest first. */
export const listDues = async (db: Db, caseId: string): Promise<DueRow[]> => {
  const { rows } = await db.query<DueRow>({
    name: 'list-dues',
    text: `select key, kind, step_id as "stepId", since, due_at as "dueAt", provisional from dues where case_id = $1 order by due_at, key`,
    values: [caseId],
  });
  return rows.map(present);
};
