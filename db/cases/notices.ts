import type { Notice } from '../../domain/case/state.ts';
import { openBody } from '../messages/inbox.ts';
import type { Opener } from '../sql/sealing.ts';
import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/** A notice of what is missing, in its present state. Instants in milliseconds since 1970. */
export interface NoticeRow extends Pick<Notice, 'status' | 'items' | 'since' | 'notifiedAt'> {
  id: string;
  dueAt?: number;
}

/** The notices of a case, oldest first. */
export const listNotices = async (db: Db, caseId: string): Promise<NoticeRow[]> => {
  const { rows } = await db.query<NoticeRow>({
    name: 'list-notices',
    text: `select id, status, since, notified_at as "notifiedAt", due_at as "dueAt", items from notices where case_id = $1
      order by since, id`,
    values: [caseId],
  });
  return rows.map(dropNulls);
};

/**
 * The answered items that the agency of a step had asked for in its notices, in the order of
 * asking: the body of each asking message, the place of the item in it, and whether the applicant
 * had nothing to add.
 */
export const listAnsweredItems = async (
  db: Db,
  opener: Opener,
  { caseId, stepId }: { caseId: string; stepId: string },
): Promise<{ body: unknown; place: number; nothingFurther: boolean }[]> => {
  const { rows } = await db.query<{ messageId: string; place: number; nothingFurther: boolean; body: Buffer }>({
    name: 'answered-items',
    text: `select message_id as "messageId", (item ->> 'place')::int as place,
        coalesce((item ->> 'nothingFurther')::boolean, false) as "nothingFurther", body
      from notices cross join jsonb_array_elements(items) as item
      join inbox on inbox.case_id = notices.case_id and inbox.message_id = item ->> 'messageId'
      where notices.case_id = $1 and item ->> 'stepId' = $2 and (item ->> 'answered')::boolean and body is not null
      order by since, received_at, place`,
    values: [caseId, stepId],
  });
  return rows.map(({ messageId, body, ...item }) => ({ body: openBody(opener, caseId, messageId, body), ...item }));
};

/**
 * The items of a notice that still wait for their first answer, without counting the message
 * `messageId`. `client` must be inside a transaction that has locked the case, so that of two answers
 * at once the second sees the first.
 */
export const openItems = async (
  client: Db,
  { caseId, noticeId, messageId }: { caseId: string; noticeId: string; messageId: string },
): Promise<string[]> => {
  const { rows } = await client.query<{ id: string }>(
    `select item ->> 'id' as id from notices, jsonb_array_elements(items) as item
    where case_id = $1 and notices.id = $2 and status in ('gathering', 'open') and not (item ->> 'answered')::boolean
      and not exists (
        select from inbox where inbox.case_id = $1 and message_id <> $3 and message ->> 'noticeId' = $2
          and message -> 'items' ? (item ->> 'id') and (outcome is null or outcome ->> 'kind' <> 'refused'))`,
    [caseId, noticeId, messageId],
  );
  return rows.map(({ id }) => id);
};
