import type { DueKind } from '../../domain/case/dues.ts';
import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

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

/** The instants that a case waits for, nearest first. */
export const listDues = async (db: Db, caseId: string): Promise<DueRow[]> => {
  const { rows } = await db.query<DueRow>({
    name: 'list-dues',
    text: `select key, kind, step_id as "stepId", since, due_at as "dueAt", provisional from dues where case_id = $1 order by due_at, key`,
    values: [caseId],
  });
  return rows.map(dropNulls);
};

/** A due instant, with the number of the last ledger entry of its case. */
interface TakenDue {
  caseId: string;
  key: string;
  ledgerSeq: number;
}

/**
 * Takes up to `limit` due instants, oldest first, and marks them as delivered. The messages to their
 * cases must be stored in the same transaction.
 */
export const takeDues = async (db: Db, limit: number): Promise<TakenDue[]> => {
  const { rows } = await db.query<TakenDue>({
    name: 'take-dues',
    text: `with come as (
        select case_id, key from dues where due_at <= now() and sent_at is null order by due_at limit $1 for update skip locked
      )
      update dues set sent_at = now() from come join cases on cases.id = come.case_id
      where dues.case_id = come.case_id and dues.key = come.key
      returning dues.case_id as "caseId", dues.key, cases.ledger_seq as "ledgerSeq"`,
    values: [limit],
  });
  return rows;
};
