import { MOST_KEPT_ANSWERS } from '../../domain/case/without-effect.ts';
import { IS_KEPT } from '../messages/inbox.ts';
import type { Db } from '../sql/pool.ts';

/** A step whose review queue is full, so that the words of an answer were not kept. */
export interface FullQueue {
  caseId: string;
  stepId: string;
  agency: string;
  matter: string;
  region: string;
  /** The division that decides the step. */
  division: string;
  /** Of the first answer whose words were not kept. */
  since: number;
}

export const listFullQueues = async (db: Db): Promise<FullQueue[]> => {
  const { rows } = await db.query<FullQueue>({
    name: 'full-queues',
    text: `with discarded as (
        select case_id, step_id, min(received_at) as since from inbox
        where outcome ->> 'code' = 'REVIEW_QUEUE_FULL' group by case_id, step_id
      )
      select discarded.case_id as "caseId", discarded.step_id as "stepId", agency, matter, region, division, since
      from discarded join cases on cases.id = discarded.case_id
        join steps on steps.case_id = discarded.case_id and steps.id = discarded.step_id
      where (select count(*) from inbox left join dismissals using (case_id, message_id)
          where case_id = discarded.case_id and step_id = discarded.step_id and ${IS_KEPT}) >= $1`,
    values: [MOST_KEPT_ANSWERS],
  });
  return rows;
};

/** The open stalls of full review queues. */
export const listQueueStalls = async (db: Db): Promise<{ caseId: string; subject: string }[]> => {
  const { rows } = await db.query<{ caseId: string; subject: string }>(
    `select case_id as "caseId", subject from stalls where cleared_at is null and detail = 'REVIEW_QUEUE_FULL'`,
  );
  return rows;
};
