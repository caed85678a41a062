import type { Actor } from '../../domain/case/messages.ts';
import type { Loss } from '../../domain/supervision/lost-runs.ts';
import type { Sealer } from '../sql/sealing.ts';
import type { Db } from '../sql/pool.ts';
import { onlyRow } from '../sql/rows.ts';

/**
 * The cases whose workflows were lost. The watcher and the relay report them, the watcher or a
 * supervisor approves that they continue, and a worker carries it out.
 */

export interface LostCase {
  caseId: string;
  why: Loss;
}

/** Reports lost cases. A case that is reported already stays as it is. */
export const reportLost = async (db: Db, lost: readonly LostCase[]): Promise<void> => {
  await db.query(
    `insert into resumptions (case_id, why)
    select "caseId", why from json_to_recordset($1) as new ("caseId" uuid, why text)
    on conflict (case_id) where done_at is null do nothing`,
    [JSON.stringify(lost)],
  );
};

/**
 * Forgets the reports that have no approval and whose cases have ended, except those of a run that
 * is behind or ahead of the ledger: it may not know that its case has ended, and has to be ended.
 */
export const dropEnded = async (db: Db): Promise<void> => {
  await db.query(
    `update resumptions set done_at = now(), outcome = 'ended' from cases
    where done_at is null and approved_at is null and why not in ('behind', 'ahead') and cases.id = case_id
      and cases.ended_at is not null`,
  );
};

/** The number of cases that were found lost and have not resumed; `ahead`: those with this loss. */
export const countLost = async (db: Db): Promise<{ lost: number; ahead: number }> => {
  const { rows } = await db.query<{ lost: number; ahead: number }>(
    `select count(*) as lost, count(*) filter (where why = 'ahead') as ahead
    from resumptions where done_at is null and why not in ('unwritten', 'asked')`,
  );
  return onlyRow(rows);
};

/** Every case that is lost now continues. */
export const approveLost = async (db: Db, by: Actor): Promise<void> => {
  await db.query(
    `update resumptions set approved_by = $1, approved_at = now() where done_at is null and approved_at is null`,
    [JSON.stringify(by)],
  );
};

/** Runs have entries that the ledger lacks: a worker asks for them and writes them. */
export const requestWriting = async (db: Db, caseIds: readonly string[], by: Actor): Promise<void> => {
  if (caseIds.length === 0) return;
  await db.query(
    `insert into resumptions (case_id, why, approved_by, approved_at) select unnest($1::uuid[]), 'unwritten', $2, now()
    on conflict (case_id) where done_at is null do nothing`,
    [caseIds, JSON.stringify(by)],
  );
};

/** A supervisor has one case continued, whether or not it was reported. */
export const approveCase = async (
  db: Db,
  cipher: Sealer,
  { caseId, by, reason }: { caseId: string; by: Actor; reason: string },
): Promise<void> => {
  await db.query(
    `insert into resumptions (case_id, why, approved_by, approved_at, reason) values ($1, 'asked', $2, now(), $3)
    on conflict (case_id) where done_at is null do update
      set approved_by = excluded.approved_by, approved_at = excluded.approved_at, reason = excluded.reason,
        why = case resumptions.why when 'unwritten' then 'asked' else resumptions.why end
      where resumptions.approved_at is null or resumptions.why = 'unwritten'`,
    [caseId, JSON.stringify(by), cipher.seal(reason, reasonContext(caseId))],
  );
};

const reasonContext = (caseId: string): string => `resumption:${caseId}`;

export interface ClaimedResumption {
  id: number;
  caseId: string;
  why: Loss;
  by: Actor;
  /** This one included. */
  attempts: number;
}

/** Takes up to `limit` approved resumptions for `leaseMs`. No other worker gets them meanwhile. */
export const claimResumptions = async (
  db: Db,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<ClaimedResumption[]> => {
  const { rows } = await db.query<ClaimedResumption>(
    `with open as (
      select id from resumptions
      where done_at is null and approved_at is not null and (claimed_until is null or claimed_until <= now())
      order by approved_at, id limit $1 for update skip locked
    )
    update resumptions set claimed_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1
    from open where resumptions.id = open.id
    returning resumptions.id, case_id as "caseId", why, approved_by as by, attempts`,
    [limit, leaseMs],
  );
  return rows;
};

/** It failed and is repeated after `delayMs`. */
export const releaseResumption = async (db: Db, id: number, delayMs: number): Promise<void> => {
  await db.query(`update resumptions set claimed_until = now() + $2 * interval '1 millisecond' where id = $1`, [
    id,
    delayMs,
  ]);
};

/** It turned out to be another loss, which needs an approval of its own. */
export const withdrawApproval = async (db: Db, id: number, why: Loss): Promise<void> => {
  await db.query(
    `update resumptions set why = $2, approved_by = null, approved_at = null, claimed_until = null
    where id = $1 and done_at is null`,
    [id, why],
  );
};

export type ResumptionOutcome = 'resumed' | 'running' | 'ended';

/** It is carried out; what waits for the case is dispatched at once. */
export const finishResumption = async (
  db: Db,
  { id, caseId }: ClaimedResumption,
  outcome: ResumptionOutcome,
): Promise<void> => {
  await db.query(
    `with done as (
      update resumptions set done_at = now(), claimed_until = null, outcome = $3 where id = $1 and done_at is null
    ), waiting as (
      update inbox set claimed_until = null where case_id = $2 and settled_at is null returning case_id
    )
    select pg_notify('message_received', case_id::text) from waiting`,
    [id, caseId, outcome],
  );
};

/** An activity of a run that was replaced ends within this time, and may store a reply until then. */
const LATE_MS = 120_000;
/** A reply is in the ledger within this time if its run may write. */
const WRITTEN_MS = 5_000;

/**
 * Replies of agencies that only a replaced run got: they were stored as applied, and its entries
 * were refused. They are dispatched as messages. What the new run has got itself is a repetition.
 */
export const dispatchLostReplies = async (db: Db): Promise<void> => {
  await db.query(
    `with lost as (
      update inbox set settled_at = null, outcome = null from resumptions
      where resumptions.outcome = 'resumed' and done_at > now() - $1 * interval '1 millisecond'
        and inbox.case_id = resumptions.case_id and source in ('reply', 'rules') and inbox.outcome ->> 'kind' = 'applied'
        and received_at < now() - $2 * interval '1 millisecond'
        and not exists (select from ledger where ledger.case_id = inbox.case_id and entry ->> 'messageId' = inbox.message_id)
      returning inbox.case_id
    )
    select pg_notify('message_received', case_id::text) from lost`,
    [LATE_MS, WRITTEN_MS],
  );
};

export interface ListedLoss {
  caseId: string;
  caseNo: string;
  matter: string;
  region: string;
  why: Loss;
  foundAt: number;
  /** Absent: it is not approved yet. */
  approvedAt?: number;
}

/** The cases that are lost now in a division, oldest first, at most `limit`, and their number. */
export const listLost = async (
  db: Db,
  { region, limit }: { region: string; limit: number },
): Promise<{ lost: ListedLoss[]; total: number }> => {
  const { rows } = await db.query<Omit<ListedLoss, 'approvedAt'> & { approvedAt: number | null; total: number }>(
    `select case_id as "caseId", case_no as "caseNo", matter, region, why, found_at as "foundAt",
      approved_at as "approvedAt", count(*) over () as total
    from resumptions join cases on cases.id = case_id
    where done_at is null and region >= $1 and region < $1 || ':' order by found_at, resumptions.id limit $2`,
    [region, limit],
  );
  const lost = rows.map(({ total: _total, approvedAt, ...row }) => ({
    ...row,
    ...(approvedAt !== null && { approvedAt }),
  }));
  return { lost, total: rows[0]?.total ?? 0 };
};
