import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../../domain/case/messages.ts';
import { LIGHTS, type Light } from '../../domain/deadlines/light.ts';
import {
  applyToOrder,
  whyNotOrder,
  type Order,
  type OrderAction,
  type OrderGround,
  type OrderRefusal,
  type OrderStatus,
  type ReplyDue,
} from '../../domain/supervision/orders.ts';
import { readArrival, type Arrival } from './arrival.ts';
import { storedMessageId } from '../messages/callers-ids.ts';
import { canonical } from '../sql/canonical.ts';
import { takeOrderNo } from '../cases/case-numbers.ts';
import { readCursor, writeCursor } from '../sql/cursors.ts';
import type { Opener, Sealer } from '../sql/sealing.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { toInstant, dropNulls } from '../sql/rows.ts';

/**
 * A supervision order in its present state. Instants in milliseconds since 1970; absent until the
 * event.
 */
export interface OrderRow extends Order {
  orderId: string;
  orderNo: string;
  caseId: string;
  caseNo: string;
  stepId: string;
  round: number;
  agency: string;
  /** The division that decides the step. */
  region: string;
  matter: string;
  version: number;
  ground: OrderGround;
  openedAt: number;
  /** The number of its events. */
  seq: number;
}

const COLUMNS = `orders.id as "orderId", order_no as "orderNo", orders.case_id as "caseId", case_no as "caseNo", step_id as "stepId",
  round, agency, orders.region, orders.matter, version, ground, orders.status, opened_by as "openedBy", opened_at as "openedAt",
  due_at as "dueAt", orders.yellow_at as "yellowAt", orders.provisional, replied_by as "repliedBy", replied_at as "repliedAt",
  circular_at as "circularAt", orders.ended_at as "endedAt", seq`;
const FROM = 'supervision_orders as orders join cases on cases.id = orders.case_id';

/** The texts of an event, sealed because they can contain personal data. */
interface OrderWords {
  text: string;
  evidence?: readonly { reference: string; note?: string | undefined }[] | undefined;
}

interface NewEvent {
  /** The sender's own id. */
  messageId: string;
  by: Actor;
  at: number;
  words: OrderWords;
}

export interface NewOrder extends NewEvent, ReplyDue {
  caseId: string;
  stepId: string;
  round: number;
  agency: string;
  region: string;
  matter: string;
  ground: OrderGround;
  /** By the rule of the matter it comes into a circular (通报) if no reply comes in time. */
  circulates: boolean;
}

/**
 * Gives an order, in the caller's transaction. Undefined: an order for this step is in progress
 * already.
 */
export const openOrder = async (
  client: Db,
  cipher: Sealer,
  order: NewOrder,
): Promise<{ orderId: string; orderNo: string } | undefined> => {
  const { caseId, stepId, region, at, by } = order;
  const { rows } = await client.query(
    'select from supervision_orders where case_id = $1 and step_id = $2 and ended_at is null',
    [caseId, stepId],
  );
  if (rows.length > 0) return undefined;
  const orderId = uuidv7();
  const orderNo = await takeOrderNo(client, region, at);
  const { rowCount } = await client.query(
    `insert into supervision_orders (id, order_no, case_id, step_id, round, agency, region, matter, ground, status, opened_by, opened_at,
      due_at, yellow_at, provisional, circulates, seq) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11, $12, $13, $14, $15, 1)
    on conflict (case_id, step_id) where ended_at is null do nothing`,
    [
      orderId,
      orderNo,
      caseId,
      stepId,
      order.round,
      order.agency,
      region,
      order.matter,
      order.ground,
      JSON.stringify(by),
      new Date(at),
      new Date(order.dueAt),
      new Date(order.yellowAt),
      order.provisional,
      order.circulates,
    ],
  );
  if (rowCount !== 1) throw databaseError('40001', `order of case ${caseId} step ${stepId}: another was first`);
  await addEvent(client, cipher, orderId, 1, 'open', order);
  return { orderId, orderNo };
};

export type OrderResult =
  | { kind: 'applied' | 'repeated'; order: OrderRow }
  | { kind: 'different' }
  | { kind: 'refused'; code: OrderRefusal; order: OrderRow };

/**
 * Applies an action to an order, in the caller's transaction: locks the row, applies the pure table
 * and keeps the event. A repeated message changes nothing. `due` is the new time to reply, if the
 * agency is asked again. Throws `ORDER_UNKNOWN`.
 */
export const actOnOrder = async (
  client: Db,
  cipher: Sealer,
  orderId: string,
  { action, due, ...event }: NewEvent & { action: OrderAction; due: ReplyDue },
): Promise<OrderResult> => {
  const order = await getOrder(client, orderId, 'for update of orders');
  const { rows } = await client.query<{ kind: string; hash: Buffer }>(
    'select kind, words_hash as hash from supervision_events where order_id = $1 and message_id = $2',
    [orderId, storedMessageId(cipher, orderId, event.by, event.messageId)],
  );
  const [before] = rows;
  if (before) {
    const same = before.kind === action && before.hash.equals(hashOf(cipher, event.words));
    return same ? { kind: 'repeated', order } : { kind: 'different' };
  }
  const code = whyNotOrder(order, action, event.by, event.at);
  if (code) return { kind: 'refused', code, order };

  // Removed first, so that a reply that no longer stands is absent below.
  const { repliedAt: _before, ...row } = order;
  const next: OrderRow = { ...row, ...applyToOrder(order, action, event.by, event.at, due), seq: order.seq + 1 };
  await client.query(
    `update supervision_orders set status = $2, due_at = $3, yellow_at = $4, provisional = $5, replied_by = $6, replied_at = $7,
      circular_at = $8, ended_at = $9, seq = $10 where id = $1`,
    [
      orderId,
      next.status,
      new Date(next.dueAt),
      new Date(next.yellowAt),
      next.provisional,
      next.repliedBy,
      toInstant(next.repliedAt),
      toInstant(next.circularAt),
      toInstant(next.endedAt),
      next.seq,
    ],
  );
  // The evidence is read at this time, because later events do not change what was known when the
  // agency contested.
  const arrival = action === 'contest' ? await readArrival(client, order) : undefined;
  await addEvent(client, cipher, orderId, next.seq, action, event, arrival);
  return { kind: 'applied', order: next };
};

const addEvent = async (
  client: Db,
  cipher: Sealer,
  orderId: string,
  seq: number,
  kind: OrderAction | 'open',
  { messageId, at, by, words }: NewEvent,
  arrival?: Arrival,
): Promise<void> => {
  await client.query(
    `insert into supervision_events (order_id, seq, message_id, at, kind, by, words, words_hash, arrival)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      orderId,
      seq,
      storedMessageId(cipher, orderId, by, messageId),
      new Date(at),
      kind,
      JSON.stringify(by),
      cipher.seal(words, wordsContext(orderId, seq)),
      hashOf(cipher, words),
      arrival === undefined ? null : JSON.stringify(arrival),
    ],
  );
};

const wordsContext = (orderId: string, seq: number): string => `order:${orderId}:${seq}`;
const hashOf = (cipher: Sealer, words: OrderWords): Buffer => cipher.hash('order', canonical(words));

/** Throws `ORDER_UNKNOWN`. */
export const getOrder = async (db: Db, orderId: string, lock: '' | 'for update of orders' = ''): Promise<OrderRow> => {
  const { rows } = await db.query<OrderRow>(`select ${COLUMNS} from ${FROM} where orders.id = $1 ${lock}`, [orderId]);
  const [row] = rows;
  if (!row) throw databaseError('ORDER_UNKNOWN', `no supervision order ${orderId}`);
  return dropNulls(row);
};

/** The steps of a case that have an order in progress. */
export const listStepsWithOrder = async (db: Db, caseId: string): Promise<Set<string>> => {
  const { rows } = await db.query<{ stepId: string }>(
    'select step_id as "stepId" from supervision_orders where case_id = $1 and ended_at is null',
    [caseId],
  );
  return new Set(rows.map(({ stepId }) => stepId));
};

export interface OrderEvent {
  seq: number;
  at: number;
  kind: OrderAction | 'open';
  by: Actor;
  words: unknown;
  arrival?: Arrival;
}

export const listOrderEvents = async (db: Db, opener: Opener, orderId: string): Promise<OrderEvent[]> => {
  const { rows } = await db.query<Omit<OrderEvent, 'words'> & { words: Buffer }>(
    'select seq, at, kind, by, words, arrival from supervision_events where order_id = $1 order by seq',
    [orderId],
  );
  return rows.map((row) => ({ ...dropNulls(row), words: opener.open(row.words, wordsContext(orderId, row.seq)) }));
};

export interface OrderFilter {
  agency?: string | undefined;
  /** Division prefix. */
  region?: string | undefined;
  matter?: string | undefined;
  caseId?: string | undefined;
  status?: OrderStatus | undefined;
  ground?: OrderGround | undefined;
  light?: Light | undefined;
  /** The instant for which the lights are computed. */
  now: number;
}

/** Newest first. Throws `CURSOR_INVALID`. */
export const listOrders = async (
  db: Db,
  filter: OrderFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ rows: OrderRow[]; nextCursor?: string }> => {
  const values: unknown[] = [];
  const addParameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = conditionsOf(filter, addParameter);
  if (cursor !== undefined) {
    const [openedAt, id] = readCursor(cursor, 2) ?? [];
    if (typeof openedAt !== 'number' || typeof id !== 'string') {
      throw databaseError('CURSOR_INVALID', 'the cursor is not one of this list');
    }
    conditions.push(`(opened_at, orders.id) < (${addParameter(new Date(openedAt))}, ${addParameter(id)}::uuid)`);
  }
  const { rows } = await db.query<OrderRow>(
    `select ${COLUMNS} from ${FROM} where ${conditions.join(' and ')}
    order by opened_at desc, orders.id desc limit ${addParameter(limit + 1)}`,
    values,
  );
  const page = rows.slice(0, limit).map(dropNulls);
  const last = page.at(-1);
  return rows.length <= limit || !last
    ? { rows: page }
    : { rows: page, nextCursor: writeCursor([last.openedAt, last.orderId]) };
};

/** `orderLight` in SQL: deep red (1) from the circular on; a reply stops the clock. */
const RANK = 'orders.yellow_at, due_at, circular_at, coalesce(replied_at, orders.ended_at), null';

const conditionsOf = (filter: OrderFilter, parameter: (value: unknown) => string): string[] => {
  const { agency, region = '', matter, caseId, status, ground, light, now } = filter;
  const conditions = [`orders.region >= ${parameter(region)} and orders.region < ${parameter(`${region}:`)}`];
  const equal = (column: string, value: string | undefined): void => {
    if (value !== undefined) conditions.push(`${column} = ${parameter(value)}`);
  };
  equal('agency', agency);
  equal('orders.matter', matter);
  equal('orders.case_id', caseId);
  equal('orders.status', status);
  equal('ground', ground);
  if (light !== undefined) {
    const rank = parameter(LIGHTS.indexOf(light) + 1);
    conditions.push(`light_rank(${parameter(new Date(now))}::timestamptz, ${RANK}) = ${rank}`);
  }
  return conditions;
};

export interface OrderCounts {
  agency: string;
  open: number;
  overdue: number;
  contested: number;
  answered: number;
  circulated: number;
  closed: number;
  lifted: number;
}

/** The orders of each agency, counted exactly. */
export const countOrders = async (
  db: Db,
  { region = '', agency, now }: { region?: string | undefined; agency?: string | undefined; now: number },
): Promise<OrderCounts[]> => {
  const { rows } = await db.query<OrderCounts>(
    `select agency, count(*) filter (where status = 'open') as open,
      count(*) filter (where status = 'open' and due_at < $1) as overdue,
      count(*) filter (where status = 'contested') as contested, count(*) filter (where status = 'answered') as answered,
      count(circular_at) as circulated, count(*) filter (where status = 'closed') as closed,
      count(*) filter (where status = 'lifted') as lifted
    from supervision_orders where region >= $2 and region < $2 || ':' and ($3::text is null or agency = $3)
    group by agency order by agency`,
    [new Date(now), region, agency ?? null],
  );
  return rows;
};

/**
 * Orders that a rule puts into a circular now, longest overdue first; locked until the transaction
 * ends.
 */
export const takeUnanswered = async (client: Db, now: number, limit: number): Promise<OrderRow[]> => {
  const { rows } = await client.query<OrderRow>(
    `select ${COLUMNS} from ${FROM}
    where orders.status = 'open' and circular_at is null and circulates and due_at < $1
    order by due_at limit $2 for update of orders skip locked`,
    [new Date(now), limit],
  );
  return rows.map(dropNulls);
};
