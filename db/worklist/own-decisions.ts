import type { EntryOf } from '../../domain/case/ledger.ts';
import type { Actor } from '../../domain/case/messages.ts';
import type { StepStatus } from '../../domain/case/status.ts';
import { readCursor, writeCursor } from '../sql/cursors.ts';
import { databaseError, type Db } from '../sql/pool.ts';

/** A decision of one account, with what became of the step since. */
export interface OwnDecision {
  caseId: string;
  caseNo: string;
  matter: string;
  version: number;
  at: number;
  entry: EntryOf<'step-decided' | 'supplement-wanted' | 'record-missed' | 'parcel-returned'>;
  status: StepStatus;
}

/**
 * The decisions of one account at one agency, the latest first. Throws `CURSOR_INVALID`. `after`:
 * `nextCursor` of the previous page. `region`: the division prefix in which the account acts.
 */
export const ownDecisions = async (
  db: Db,
  { role, id }: Actor,
  { agency, limit, after, region = '' }: { agency: string; limit: number; after?: string; region?: string },
): Promise<{ decisions: OwnDecision[]; nextCursor?: string }> => {
  const key = after === undefined ? [] : readCursor(after, 3);
  if (!key) throw databaseError('CURSOR_INVALID', 'the cursor is not one of this list');
  const [at = null, caseId = null, seq = null] = key;
  const { rows } = await db.query<OwnDecision & { seq: number; cursor: string }>(
    `select ledger.case_id as "caseId", case_no as "caseNo", matter, version, ledger.at, ledger.at::text as cursor,
      ledger.seq, entry, steps.status
    from ledger
      join cases on cases.id = ledger.case_id
      join steps on steps.case_id = ledger.case_id and steps.id = ledger.step_id
    where ledger.kind in ('step-decided', 'supplement-wanted', 'record-missed', 'parcel-returned')
      and entry -> 'by' ->> 'role' = $1 and entry -> 'by' ->> 'id' = $2
      and ($3::timestamptz is null or (ledger.at, ledger.case_id, ledger.seq) < ($3::timestamptz, $4::uuid, $5::integer))
      and steps.agency = $6 and steps.division >= $7 and steps.division < $7 || ':'
    order by ledger.at desc, ledger.case_id desc, ledger.seq desc limit $8`,
    [role, id, at, caseId, seq, agency, region, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const decisions = page.map(({ seq: _seq, cursor: _cursor, ...decision }) => decision);
  if (rows.length <= limit || !last) return { decisions };
  return { decisions, nextCursor: writeCursor([last.cursor, last.caseId, last.seq]) };
};
