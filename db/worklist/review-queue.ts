import { z } from 'zod';
import type { Actor, DecisionKind, Outcome, RefusalCode } from '../../domain/case/messages.ts';
import type { StepKind } from '../../domain/case/plan.ts';
import type { CaseStatus, Closing, StepStatus } from '../../domain/case/status.ts';
import { SUSPECT_MS } from '../../domain/waiting/wait.ts';
import type { AnswerState } from '../../domain/worklist/verdicts.ts';
import { readCursor, writeCursor } from '../sql/cursors.ts';
import { IS_DISCARDED, OF_AGENCY, openBody } from '../messages/inbox.ts';
import type { Opener, Sealer } from '../sql/sealing.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/**
 * An answer of an agency that is not part of the record: it came too early and is pending, or it
 * was refused (late, in contradiction to the first, about a round or a step that is over, or with
 * the id of another message).
 */
export interface ReviewAnswer {
  caseId: string;
  caseNo: string;
  matter: string;
  version: number;
  region: string;
  /** The division that decides the step. */
  division: string;
  messageId: string;
  stepId: string;
  round: number;
  /** The agency, and its message. */
  agency: string;
  decision: DecisionKind;
  source: 'reply' | 'callback' | 'enquiry';
  receivedAt: number;
  state: AnswerState;
  /** Why it did not count. */
  code?: RefusalCode | 'MESSAGE_ID_REUSED';
  /** The decision before it. */
  first?: NonNullable<Extract<Outcome, { kind: 'refused' }>['first']>;
  /** The state of its case and of its step. */
  case: { status: CaseStatus; closing?: Closing };
  step: { kind: StepKind; status: StepStatus; round: number; undo: boolean; agency: string; decision?: DecisionKind };
  /** The texts of the agency. */
  words?: unknown;
  /** The person who settled it, when and why. */
  settled?: { by: Actor; at: number; reason: string };
}

/** The reason in the body of an adoption; the rest are the texts that it adopts. */
const Because = z.object({ because: z.string() });

export interface ReviewQueueFilter {
  /** Prefix of the deciding division. */
  division: string;
  caseId?: string;
  agency?: string;
  state?: AnswerState;
}

/** An answer that has not arrived after this time is pending; before, it is being dispatched. */
const PENDING_AFTER = `interval '${SUSPECT_MS} milliseconds'`;

/**
 * A reply counts as settled when it is kept, because it reaches the case as the answer of an
 * activity. If the case refuses it, only the ledger shows that.
 */
const KEPT = `
  select inbox.*, outcome ->> 'code' as code from inbox where outcome ->> 'kind' = 'refused' and ${OF_AGENCY} and not ${IS_DISCARDED}
  union all
  select inbox.*, entry ->> 'code' from ledger join inbox using (case_id)
    where ledger.kind = 'message-refused' and inbox.message_id = entry ->> 'messageId'
      and inbox.source = 'reply' and outcome ->> 'kind' = 'applied' and ${OF_AGENCY}
  union all
  select inbox.*, null from inbox where settled_at is null and received_at < now() - ${PENDING_AFTER} and ${OF_AGENCY}`;

const selectAnswers = (words: 'with-words' | 'without-words'): string => `
  with kept as (${KEPT}), listed as (
    select kept.case_id as "caseId", case_no as "caseNo", matter, version, region, steps.division, kept.message_id as "messageId",
      kept.step_id as "stepId", kept.round, kept.message -> 'by' ->> 'id' as agency, kept.message ->> 'decision' as decision, kept.source,
      kept.received_at as "receivedAt", kept.received_at::text as key,
      case when kept.settled_at is null then 'pending' when adopted.by is not null then 'adopted'
        when dismissals.at is not null then 'dismissed' else 'open' end as state,
      code, kept.outcome -> 'first' as first,
      json_strip_nulls(json_build_object('status', cases.status, 'closing', cases.closing)) as case,
      json_strip_nulls(json_build_object('kind', steps.kind, 'status', steps.status, 'round', steps.round, 'undo', steps.undo, 'agency', steps.agency,
        'decision', steps.decision)) as step,
      coalesce(adopted.by, jsonb_build_object('role', by_role, 'id', by_id)) as "settledBy",
      coalesce(adopted.at, dismissals.at) as "settledAt", dismissals.reason, ${words === 'with-words' ? 'kept.body' : 'null::bytea as body'}, adopted.id as "adoptionId",
      adopted.body as "adoptionBody"
    from kept join cases on cases.id = kept.case_id
      join steps on steps.case_id = kept.case_id and steps.id = kept.step_id
      left join dismissals on dismissals.case_id = kept.case_id and dismissals.message_id = kept.message_id
      left join lateral (
        select message -> 'by' as by, received_at as at, message_id as id, body from inbox as adoption
        where adoption.case_id = kept.case_id and adoption.message ->> 'kind' = 'adoption'
          and adoption.message ->> 'adopts' = kept.message_id and coalesce(adoption.outcome ->> 'kind', 'applied') = 'applied'
        limit 1
      ) adopted on true
  )
  select * from listed`;

type Columns = Omit<ReviewAnswer, 'words' | 'settled'> & {
  key: string;
  body?: Buffer;
  settledBy: Actor;
  settledAt?: number;
  /** Of a dismissal. */
  reason?: Buffer;
  adoptionId?: string;
  adoptionBody?: Buffer;
};

/** What opens the texts of an answer, and the reasons of the person who settled it. */
type OpenerOf = (answer: { caseId: string; stepId: string }) => Opener;

/** Newest first, without the texts of the agencies. Throws `CURSOR_INVALID`. */
export const listReviewQueue = async (
  db: Db,
  openerOf: OpenerOf,
  { division, caseId, agency, state }: ReviewQueueFilter,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<{ rows: ReviewAnswer[]; nextCursor?: string }> => {
  const after = cursor === undefined ? [] : readCursor(cursor, 2);
  if (!after) throw databaseError('CURSOR_INVALID', 'the cursor is not one of this list');
  const [receivedAt = null, messageId = null] = after;
  const { rows } = await db.query<Columns>(
    `${selectAnswers('without-words')} where division >= $1 and division < $1 || ':' and ($2::uuid is null or "caseId" = $2) and ($3::text is null or agency = $3)
      and ($4::text is null or state = $4)
      and ($5::timestamptz is null or ("receivedAt", "messageId") < ($5::timestamptz, $6::text))
    order by "receivedAt" desc, "messageId" desc limit $7`,
    [division, caseId ?? null, agency ?? null, state ?? null, receivedAt, messageId, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const kept = page.map((row) => unsealAnswer(openerOf, row));
  if (rows.length <= limit || !last) return { rows: kept };
  return { rows: kept, nextCursor: writeCursor([last.key, last.messageId]) };
};

/** One kept answer with its texts; undefined: there is none of this id. */
export const findReviewAnswer = async (
  db: Db,
  openerOf: OpenerOf,
  caseId: string,
  messageId: string,
): Promise<ReviewAnswer | undefined> => {
  const { rows } = await db.query<Columns>(`${selectAnswers('with-words')} where "caseId" = $1 and "messageId" = $2`, [
    caseId,
    messageId,
  ]);
  const [row] = rows;
  return row && unsealAnswer(openerOf, row);
};

/** Where an answer belongs, without its texts; undefined: there is no message of this id about a step. */
export const findAnswerPlace = async (
  db: Db,
  caseId: string,
  messageId: string,
): Promise<{ region: string; division: string; agency: string } | undefined> => {
  const { rows } = await db.query<{ region: string; division: string; agency: string }>(
    `select region, division, agency from inbox join cases on cases.id = inbox.case_id
      join steps on steps.case_id = inbox.case_id and steps.id = inbox.step_id
    where inbox.case_id = $1 and inbox.message_id = $2`,
    [caseId, messageId],
  );
  return rows[0];
};

/**
 * Locks this answer until the transaction of `client` ends, so that only one person decides about
 * it.
 */
export const lockAnswer = async (client: Db, caseId: string, messageId: string): Promise<void> => {
  await client.query('select from inbox where case_id = $1 and message_id = $2 for update', [caseId, messageId]);
};

const unsealAnswer = (openerOf: OpenerOf, row: Columns): ReviewAnswer => {
  const {
    key: _cursor,
    body,
    reason,
    settledBy: by,
    settledAt: at,
    adoptionId,
    adoptionBody,
    ...kept
  } = dropNulls(row);
  const { caseId, messageId } = kept;
  const opener = openerOf(kept);
  const readReason = (): string => {
    if (reason) return String(opener.open(reason, reasonContext(kept)));
    if (adoptionId === undefined || !adoptionBody) throw new Error(`no reason with the answer ${messageId}`);
    return Because.parse(openBody(opener, caseId, adoptionId, adoptionBody)).because;
  };
  return {
    ...kept,
    ...(body && { words: openBody(opener, caseId, messageId, body) }),
    ...(at !== undefined && { settled: { by, at, reason: readReason() } }),
  };
};

const reasonContext = ({ caseId, messageId }: { caseId: string; messageId: string }): string =>
  `dismissal:${caseId}:${messageId}`;

/** Dismisses an answer for good; `client` is inside the transaction that has locked it. */
export const dismissAnswer = async (
  client: Db,
  cipher: Sealer,
  { caseId, messageId, by, reason }: { caseId: string; messageId: string; by: Actor; reason: string },
): Promise<void> => {
  await client.query(
    'insert into dismissals (case_id, message_id, by_role, by_id, reason) values ($1, $2, $3, $4, $5)',
    [caseId, messageId, by.role, by.id, cipher.seal(reason, reasonContext({ caseId, messageId }))],
  );
};
