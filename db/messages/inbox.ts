import { RIGHTS_LOST } from '../registry/revoked-rights.ts';
import type { LedgerTip } from '../../domain/case/ledger.ts';
import type { Actor, Digest, Message, Outcome, RefusalCode } from '../../domain/case/messages.ts';
import { UNANSWERED } from '../../domain/case/status.ts';
import type { Heard, Situation } from '../../domain/case/without-effect.ts';
import { canonical } from '../sql/canonical.ts';
import type { Opener, Sealer } from '../sql/sealing.ts';
import type { Db } from '../sql/pool.ts';
import { onlyRow } from '../sql/rows.ts';

/** The way a message reached us. */
type InboxSource = 'reply' | 'callback' | 'enquiry' | 'officer' | 'window' | 'supervisor' | 'rules' | 'system';

export interface NewMessage {
  caseId: string;
  messageId: string;
  stepId?: string;
  round?: number;
  source: InboxSource;
  message: Message;
  /** The texts of the message (reason, result, answers): sealed, never in Temporal. */
  body?: unknown;
  /** Given if the message needs no dispatch: the workflow has it already, or never gets it. */
  settled?: InboxOutcome;
  /** The texts are not kept, only their hash. */
  discarded?: true;
}

type Refused = Extract<Outcome, { kind: 'refused' }>;

/** The outcome of a message: of its case, or of the inbox if its case never gets it. */
export type InboxOutcome =
  | Exclude<Outcome, Refused>
  | (Omit<Refused, 'code'> & { code: RefusalCode | 'MESSAGE_ID_REUSED' | 'REVIEW_QUEUE_FULL' });

/** `same`: this message is recorded already; `different`: its id was used for another content. */
export type PutMessage = { kind: 'new' | 'same'; outcome?: InboxOutcome } | { kind: 'different' };

/**
 * The digest of the texts of a decision, by which its case knows a repetition. Another case has
 * another digest for the same texts.
 */
export const digestOf = (cipher: Sealer, caseId: string, words: unknown): { digest?: Digest } => {
  const text = canonical(words ?? {});
  if (text === '{}') return {};
  return { digest: cipher.hash('decision', `${caseId} ${text}`).toString('base64url').slice(0, DIGEST_LENGTH) };
};

/** 132 bits. */
const DIGEST_LENGTH = 22;

/**
 * Records a message once. A decision gets the digest of its texts. When this returns `new` and its
 * transaction has committed, the message will be dispatched.
 */
export const putMessage = async (db: Db, cipher: Sealer, put: NewMessage): Promise<PutMessage> => {
  const { caseId, messageId, body, settled } = put;
  const message = put.message.kind === 'decision' ? { ...put.message, ...digestOf(cipher, caseId, body) } : put.message;
  // The way does not count: the same content by another way is the same message.
  const hash = cipher.hash('message', canonical({ message, body }));
  const { rowCount } = await db.query({
    name: 'put-message',
    text: `with put as (
        insert into inbox (case_id, message_id, step_id, round, source, message, body, body_hash, settled_at, outcome)
        values ($1, $2, $3, $4, $5, $6, $7, $8, case when $9::jsonb is not null then now() end, $9)
        on conflict (case_id, message_id) do nothing returning case_id
      )
      select case when $9::jsonb is null then pg_notify('message_received', case_id::text)::text end from put`,
    values: [
      caseId,
      messageId,
      put.stepId ?? null,
      put.round ?? null,
      put.source,
      JSON.stringify(message),
      body === undefined || put.discarded ? null : cipher.seal(body, bodyContext(caseId, messageId)),
      hash,
      settled === undefined ? null : JSON.stringify(settled),
    ],
  });
  if (rowCount === 1) return { kind: 'new' };

  const { rows } = await db.query<{ hash: Buffer; outcome: InboxOutcome | null }>(
    'select body_hash as hash, outcome from inbox where case_id = $1 and message_id = $2',
    [caseId, messageId],
  );
  const first = onlyRow(rows);
  if (!first.hash.equals(hash)) return { kind: 'different' };
  return first.outcome === null ? { kind: 'same' } : { kind: 'same', outcome: first.outcome };
};

/**
 * A reply of an agency that the case did not see, because it had stopped waiting, is dispatched as
 * a message. The case decides about it. If the case has seen the reply, the message is a
 * repetition.
 */
export const dispatchUnseenReply = async (
  db: Db,
  reply: { caseId: string; stepId: string; round: number; messageId: string },
): Promise<void> => {
  const { caseId, stepId, round, messageId } = reply;
  await db.query(
    `with unseen as (
        update inbox set settled_at = null, outcome = null from steps
        where inbox.case_id = $1 and inbox.message_id = $4 and source = 'reply' and outcome ->> 'kind' = 'applied'
          and steps.case_id = $1 and steps.id = $2 and steps.message_id is distinct from $4
          -- Rows may be behind: a step may have been sent although its row does not show it.
          and (steps.round > $3 or (steps.round = $3 and steps.status <> all ($5)))
        returning inbox.case_id
      )
      select pg_notify('message_received', case_id::text) from unseen`,
    [caseId, stepId, round, messageId, UNANSWERED],
  );
};

const bodyContext = (caseId: string, messageId: string): string => `inbox:${caseId}:${messageId}`;

export interface ClaimedMessage {
  caseId: string;
  messageId: string;
  message: Message;
  /** This one included. */
  attempts: number;
  /** The tip of its case's ledger. */
  tip: LedgerTip;
}

/**
 * The number of open messages to examine for each wanted one: a case with many messages must not
 * hide the others.
 */
const LOOK_AHEAD = 8;

/**
 * Takes up to `limit` messages of started cases, oldest first and at most `perCase` of one, for
 * `leaseMs`, without the cases `except`. No other relay gets them meanwhile. The claims of a dead
 * relay lapse, so a message may be dispatched twice: the workflow knows its id.
 */
export const claimMessages = async (
  db: Db,
  { limit, leaseMs, perCase, except = [] }: { limit: number; leaseMs: number; perCase: number; except?: string[] },
): Promise<ClaimedMessage[]> => {
  const { rows } = await db.query<ClaimedMessage>({
    name: 'claim-messages',
    // The lateral part locks one message after the other until there are enough, so the cost does
    // not depend on the length of the backlog.
    text: `with open as materialized (
        select case_id, message_id, row_number() over (partition by case_id order by received_at, message_id) as place from (
          select case_id, message_id, received_at from inbox join start_requests using (case_id)
          where settled_at is null and (inbox.claimed_until is null or inbox.claimed_until <= now()) and started_at is not null
            and case_id <> all ($4::uuid[])
          order by received_at limit $1 * ${LOOK_AHEAD}
        ) oldest
        order by received_at, message_id
      ), free as (
        select taken.case_id, taken.message_id from open cross join lateral (
          select case_id, message_id from inbox
          where inbox.case_id = open.case_id and inbox.message_id = open.message_id
            and settled_at is null and (claimed_until is null or claimed_until <= now())
          for update skip locked
        ) taken
        where open.place <= $3
        limit $1
      ), claimed as (
        update inbox set claimed_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1
        from free where inbox.case_id = free.case_id and inbox.message_id = free.message_id
        returning inbox.case_id, inbox.message_id, message, attempts, received_at
      )
      select claimed.case_id as "caseId", message_id as "messageId", attempts,
        case when ${RIGHTS_LOST} then message || '{"rightsLost": true}' else message end as message,
        json_build_object('seq', seq, 'hash', encode(hash, 'hex'), 'entry', entry) as tip
      from claimed join cases on cases.id = claimed.case_id
        join ledger on ledger.case_id = cases.id and ledger.seq = cases.ledger_seq
      order by received_at, message_id`,
    values: [limit, leaseMs, perCase, except],
  });
  return rows;
};

/**
 * Records the outcomes of messages. The first outcome stays; waiting requests get `message_settled`
 * (`kind:caseId:messageId`).
 */
export const settleMessages = async (
  db: Db,
  settled: readonly { caseId: string; messageId: string; outcome: Outcome }[],
): Promise<void> => {
  await db.query({
    name: 'settle-messages',
    text: `with settled as (
        update inbox set settled_at = now(), claimed_until = null, outcome = new.outcome
        from jsonb_to_recordset($1) as new ("caseId" uuid, "messageId" text, outcome jsonb)
        where case_id = new."caseId" and message_id = new."messageId" and settled_at is null
        returning case_id, message_id, inbox.outcome ->> 'kind' as kind
      )
      select pg_notify('message_settled', kind || ':' || case_id || ':' || message_id) from settled`,
    values: [JSON.stringify(settled)],
  });
};

/** Delivery failed: each message is repeated after its `delayMs`. */
export const releaseMessages = async (
  db: Db,
  messages: readonly { caseId: string; messageId: string; delayMs: number }[],
): Promise<void> => {
  await db.query(
    `update inbox set claimed_until = now() + "delayMs" * interval '1 millisecond'
    from jsonb_to_recordset($1) as failed ("caseId" uuid, "messageId" text, "delayMs" integer)
    where case_id = failed."caseId" and message_id = failed."messageId" and settled_at is null`,
    [JSON.stringify(messages)],
  );
};

/** An answer of an agency in `inbox`, as the review queue keeps them. */
export const OF_AGENCY = `inbox.message ->> 'kind' = 'decision' and inbox.source in ('reply', 'callback', 'enquiry')`;

/** An answer whose words were not kept. */
export const IS_DISCARDED = `inbox.outcome ->> 'code' is not distinct from 'REVIEW_QUEUE_FULL'`;

/** An answer that the review queue has, or may get; with `dismissals` joined. */
export const IS_KEPT = `${OF_AGENCY} and not ${IS_DISCARDED} and (outcome is null or outcome ->> 'kind' = 'refused') and dismissals.at is null`;

/**
 * What the inbox has about the step of a message (or the case as a whole), and where the step stands,
 * before the message is recorded. `client` is in a transaction that has locked the case, so that the numbers are exact.
 */
export const readHeard = async (
  client: Db,
  { caseId, stepId, messageId, by }: { caseId: string; stepId: string | undefined; messageId: string; by: Actor },
): Promise<Heard & Pick<Situation, 'step'>> => {
  const { rows } = await client.query<Heard & { step: Situation['step'] | null }>({
    name: 'read-heard',
    text: `select coalesce(bool_or(message_id = $3), false) as known,
        coalesce(bool_or(settled_at is null), false) as waiting,
        count(*) filter (where inbox.step_id is not distinct from $2 and message -> 'by' ->> 'role' = $4 and message -> 'by' ->> 'id' = $5
          and (outcome is null or outcome ->> 'kind' <> 'applied')) as "withoutEffect",
        count(*) filter (where inbox.step_id = $2 and ${IS_KEPT}) as kept,
        (select json_build_object('status', status, 'round', round) from steps where case_id = $1 and id = $2) as step
      from inbox left join dismissals using (case_id, message_id)
      where inbox.case_id = $1 and (inbox.step_id is not distinct from $2 or inbox.step_id is null)`,
    values: [caseId, stepId ?? null, messageId, by.role, by.id],
  });
  const { step, ...heard } = onlyRow(rows);
  return { ...heard, ...(step && { step }) };
};

/** The number of answers of a step that the review queue has, or may get. */
export const countKept = async (db: Db, { caseId, stepId }: { caseId: string; stepId: string }): Promise<number> => {
  const { rows } = await db.query<{ kept: number }>(
    `select count(*) as kept from inbox left join dismissals using (case_id, message_id)
    where case_id = $1 and step_id = $2 and ${IS_KEPT}`,
    [caseId, stepId],
  );
  return onlyRow(rows).kept;
};

/** A message as it was recorded; undefined: there is none of this id. */
export const findMessage = async (db: Db, caseId: string, messageId: string): Promise<Message | undefined> => {
  const { rows } = await db.query<{ message: Message }>(
    'select message from inbox where case_id = $1 and message_id = $2',
    [caseId, messageId],
  );
  return rows[0]?.message;
};

/** The outcome of a message; undefined: it has none yet, or there is no such message. */
export const findOutcome = async (db: Db, caseId: string, messageId: string): Promise<InboxOutcome | undefined> => {
  const { rows } = await db.query<{ outcome: InboxOutcome | null }>({
    name: 'find-outcome',
    text: 'select outcome from inbox where case_id = $1 and message_id = $2',
    values: [caseId, messageId],
  });
  return rows[0]?.outcome ?? undefined;
};

/** The texts of one message, from `inbox.body`. */
export const openBody = (opener: Opener, caseId: string, messageId: string, body: Buffer): unknown =>
  opener.open(body, bodyContext(caseId, messageId));

/** Texts of messages by message id, each opened when it is asked for. */
export type Bodies = ReadonlyMap<string, () => unknown>;

/** The texts of some messages of a case, by message id. */
export const readBodiesOf = async (
  db: Db,
  opener: Opener,
  caseId: string,
  messageIds: readonly string[],
): Promise<Map<string, unknown>> => {
  const { rows } = await db.query<{ messageId: string; body: Buffer }>({
    name: 'read-bodies-of',
    text: `select message_id as "messageId", body from inbox
      where case_id = $1 and message_id = any($2) and body is not null`,
    values: [caseId, messageIds],
  });
  return new Map(rows.map(({ messageId, body }) => [messageId, openBody(opener, caseId, messageId, body)]));
};

/** The texts of the messages of a case that were applied, or may be. */
export const readBodies = async (db: Db, opener: Opener, caseId: string): Promise<Bodies> => {
  const { rows } = await db.query<{ messageId: string; body: Buffer }>({
    name: 'read-bodies',
    text: `select message_id as "messageId", body from inbox where case_id = $1 and body is not null
      and coalesce(outcome ->> 'kind', 'applied') = 'applied'`,
    values: [caseId],
  });
  return new Map(rows.map(({ messageId, body }) => [messageId, () => openBody(opener, caseId, messageId, body)]));
};
