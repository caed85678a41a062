import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import {
  BULK_MESSAGES,
  bulkAfter,
  bulkMessage,
  bulkMessageId,
  whyNotBulk,
  type Bulk,
  type BulkAction,
  type BulkVerb,
  type ItemState,
} from '../../domain/supervision/bulk.ts';
import type { Actor } from '../../domain/case/messages.ts';
import { readCursor, writeCursor } from '../sql/cursors.ts';
import { putOwnMessage, type OwnMessageDependencies } from '../messages/own-messages.ts';
import type { Opener, Sealer } from '../sql/sealing.ts';
import { databaseError, inTransaction, type Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

export interface BulkRow extends Bulk {
  bulkId: string;
  action: BulkAction;
  filter: Record<string, unknown>;
  region: string;
  reason: unknown;
  createdAt: number;
  endedAt?: number;
}

const COLUMNS = `id as "bulkId", status, action, filter, region, created_by as "createdBy", created_at as "createdAt", total,
  ended_at as "endedAt"`;

export interface NewItem {
  caseId: string;
  stepId?: string;
  round?: number;
  /** `apply`, or the code of its refusal. */
  effect: string;
}

const reasonContext = (bulkId: string): string => `bulk:${bulkId}`;

/**
 * Freezes a list, in the caller's transaction; no case is changed before the act is started.
 * Returns its id.
 */
export const createBulk = async (
  client: Db,
  cipher: Sealer,
  bulk: Pick<BulkRow, 'action' | 'filter' | 'region' | 'createdBy'> & { reason: string; items: readonly NewItem[] },
): Promise<string> => {
  const bulkId = uuidv7();
  const { action, filter, region, createdBy, items } = bulk;
  await client.query(
    `insert into bulk_acts (id, status, action, filter, region, reason, created_by, total)
    values ($1, 'draft', $2, $3, $4, $5, $6, $7)`,
    [
      bulkId,
      JSON.stringify(action),
      JSON.stringify(filter),
      region,
      cipher.seal(bulk.reason, reasonContext(bulkId)),
      JSON.stringify(createdBy),
      items.length,
    ],
  );
  await client.query(
    `insert into bulk_items (bulk_id, n, case_id, step_id, round, effect, state)
    select $1, n, ("caseId")::uuid, "stepId", round, effect, case effect when 'apply' then 'pending' else 'left-out' end
    from jsonb_to_recordset($2) as item (n integer, "caseId" text, "stepId" text, round integer, effect text)`,
    [bulkId, JSON.stringify(items.map((item, index) => ({ n: index + 1, ...item })))],
  );
  await addEvent(client, bulkId, 'create', createdBy);
  return bulkId;
};

const addEvent = (client: Db, bulkId: string, kind: BulkVerb | 'create', by: Actor) =>
  client.query('insert into bulk_events (bulk_id, kind, by) values ($1, $2, $3)', [bulkId, kind, JSON.stringify(by)]);

/** Throws `BULK_UNKNOWN`. */
export const getBulk = async (
  db: Db,
  opener: Opener,
  bulkId: string,
  lock: '' | 'for update' = '',
): Promise<BulkRow> => {
  const { rows } = await db.query<Omit<BulkRow, 'reason'> & { reason: Buffer }>(
    `select ${COLUMNS}, reason from bulk_acts where id = $1 ${lock}`,
    [bulkId],
  );
  const [row] = rows;
  if (!row) throw databaseError('BULK_UNKNOWN', `no bulk act ${bulkId}`);
  return { ...dropNulls(row), reason: opener.open(row.reason, reasonContext(bulkId)) };
};

export type BulkResult =
  { kind: 'applied' } | { kind: 'refused'; code: 'ACTION_NOT_ALLOWED' | 'SECOND_PERSON_REQUIRED' };

/**
 * Starts, confirms, pauses, resumes or stops an act: locks the row, applies the pure table and
 * keeps the event.
 */
export const actOnBulk = (pool: Pool, opener: Opener, bulkId: string, verb: BulkVerb, by: Actor): Promise<BulkResult> =>
  inTransaction(pool, async (client) => {
    const bulk = await getBulk(client, opener, bulkId, 'for update');
    const code = whyNotBulk(bulk, verb, by);
    if (code) return { kind: 'refused', code };
    const status = bulkAfter(bulk, verb);
    await client.query(
      `update bulk_acts set status = $2, next_at = now(), ended_at = case $2 when 'stopped' then now() end where id = $1`,
      [bulkId, status],
    );
    if (status === 'stopped') {
      await client.query(`update bulk_items set state = 'stopped' where bulk_id = $1 and state = 'pending'`, [bulkId]);
    }
    await addEvent(client, bulkId, verb, by);
    return { kind: 'applied' };
  });

export interface BulkEvent {
  at: number;
  kind: BulkVerb | 'create';
  by: Actor;
}

export const listBulkEvents = async (db: Db, bulkId: string): Promise<BulkEvent[]> => {
  const { rows } = await db.query<BulkEvent>('select at, kind, by from bulk_events where bulk_id = $1 order by at', [
    bulkId,
  ]);
  return rows;
};

export const countBulkItems = async (db: Db, bulkId: string): Promise<Partial<Record<ItemState, number>>> => {
  const { rows } = await db.query<{ state: ItemState; count: number }>(
    'select state, count(*) as count from bulk_items where bulk_id = $1 group by state',
    [bulkId],
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
};

export interface BulkItem extends NewItem {
  n: number;
  caseNo: string;
  state: ItemState;
  code?: string;
}

/** In the order of the list. Throws `CURSOR_INVALID`. */
export const listBulkItems = async (
  db: Db,
  bulkId: string,
  { state, limit, cursor }: { state?: ItemState | undefined; limit: number; cursor?: string | undefined },
): Promise<{ rows: BulkItem[]; nextCursor?: string }> => {
  const [after] = cursor === undefined ? [0] : (readCursor(cursor, 1) ?? []);
  if (!Number.isInteger(after)) throw databaseError('CURSOR_INVALID', 'the cursor is not one of this list');
  const { rows } = await db.query<BulkItem>(
    `select n, case_id as "caseId", case_no as "caseNo", step_id as "stepId", round, effect, state, code
    from bulk_items join cases on cases.id = case_id
    where bulk_id = $1 and n > $2 and ($3::text is null or state = $3) order by n limit $4`,
    [bulkId, after, state ?? null, limit + 1],
  );
  const page = rows.slice(0, limit).map(dropNulls);
  const last = page.at(-1);
  return rows.length <= limit || !last ? { rows: page } : { rows: page, nextCursor: writeCursor([last.n]) };
};

/** The newest acts of a division (prefix), without their reasons. */
export const listBulks = async (db: Db, region: string, limit: number): Promise<Omit<BulkRow, 'reason'>[]> => {
  const { rows } = await db.query<Omit<BulkRow, 'reason'>>(
    `select ${COLUMNS} from bulk_acts where region >= $1 and region < $1 || ':' order by created_at desc, id desc limit $2`,
    [region, limit],
  );
  return rows.map(dropNulls);
};

/**
 * Takes the next items of one running act and puts their messages into the inbox of their cases, in
 * one transaction: an executor that dies has done all of them or none. The row of the act contains
 * when it may be taken again, so the rate holds with any number of executors.
 */
export const sendNextItems = (
  pool: Pool,
  own: OwnMessageDependencies & { cipher: Opener },
  { limit, everyMs }: { limit: number; everyMs: number },
): Promise<number> =>
  inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ bulkId: string }>(
      `update bulk_acts set next_at = now() + $1 * interval '1 millisecond' where id = (
        select id from bulk_acts where status = 'running' and next_at <= now() order by next_at limit 1 for update skip locked
      ) returning id as "bulkId"`,
      [everyMs],
    );
    const [taken] = rows;
    if (!taken) return 0;
    const bulk = await getBulk(client, own.cipher, taken.bulkId);
    const { rows: items } = await client.query<{
      n: number;
      caseId: string;
      stepId: string | null;
      round: number | null;
    }>(
      `update bulk_items set state = 'sent' where bulk_id = $1 and n in (
        select n from bulk_items where bulk_id = $1 and state = 'pending' order by n limit $2
      ) returning n, case_id as "caseId", step_id as "stepId", round`,
      [taken.bulkId, limit],
    );
    for (const { n, caseId, stepId, round } of items) {
      const messageId = bulkMessageId(bulk.bulkId, n);
      const message = bulkMessage(bulk.action, messageId, bulk.createdBy, stepId ?? undefined);
      const about = { ...(stepId !== null && { stepId }), ...(round !== null && { round }) };
      const body = { reason: bulk.reason };
      const put = { caseId, ...about, messageId, source: 'supervisor', message, body } as const;
      if (!(await putOwnMessage(client, own, put))) await refuseItem(client, bulk.bulkId, n);
    }
    return items.length;
  });

/** The message of this item cannot be recorded: the item never settles by that of another. */
const refuseItem = (client: Db, bulkId: string, n: number) =>
  client.query(`update bulk_items set state = 'refused', code = 'MESSAGE_ID_REUSED' where bulk_id = $1 and n = $2`, [
    bulkId,
    n,
  ]);

/** Records the outcomes of sent items, and ends acts that have no items left. */
export const settleItems = async (db: Db): Promise<void> => {
  await db.query({
    name: 'settle-bulk-items',
    text: `update bulk_items set state = case outcome ->> 'kind' when 'refused' then 'refused' else 'applied' end, code = outcome ->> 'code'
    from inbox where state = 'sent' and inbox.case_id = bulk_items.case_id and settled_at is not null
      and message_id = $1 || bulk_id || ':' || n`,
    values: [BULK_MESSAGES],
  });
  await db.query({
    name: 'end-bulk-acts',
    text: `update bulk_acts set status = 'done', ended_at = now() where status = 'running' and not exists (
      select from bulk_items where bulk_id = bulk_acts.id and state in ('pending', 'sent'))`,
  });
};
