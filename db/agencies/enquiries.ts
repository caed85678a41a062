import { ENQUIRABLE } from '../../domain/case/status.ts';
import { ENQUIRY_INTERVALS } from '../../domain/agency/enquiries.ts';
import type { Db } from '../sql/pool.ts';

/** An accepted step whose agency has been silent for too long. */
export interface DueEnquiry {
  caseId: string;
  stepId: string;
  round: number;
  agency: string;
  /** When the next one is due: no two enquiries about a step have the same. */
  nextAt: number;
}

/**
 * Takes up to `limit` steps to ask about, longest overdue first. Each is due again after
 * `enquiryIntervalS`, which this statement repeats for many, so a worker that dies while asking
 * loses nothing. An agency that has an outage, is disabled or is not registered is not asked.
 */
export const dueEnquiries = async (db: Db, limit: number): Promise<DueEnquiry[]> => {
  const { growth, timesGrown, longestS } = ENQUIRY_INTERVALS;
  const { rows } = await db.query<DueEnquiry>({
    name: 'due-enquiries',
    text: `with due as (
        select case_id, id from steps where enquire_at <= now() and status = any($2)
          and not exists (select from breakers where breakers.agency = steps.agency and state = 'open')
          and exists (select from agencies where agencies.id = steps.agency and disabled_at is null)
        order by enquire_at limit $1 for update skip locked
      )
      update steps set enquiries = enquiries + 1,
        enquire_at = now() + interval '1 second'
          * least(agencies.enquire_after_s * $3::float8 ^ least(steps.enquiries + 1, $4::integer), $5)
      from due, agencies
      where steps.case_id = due.case_id and steps.id = due.id and agencies.id = steps.agency
      returning steps.case_id as "caseId", steps.id as "stepId", steps.round, steps.agency, steps.enquire_at as "nextAt"`,
    values: [limit, ENQUIRABLE, growth, timesGrown, longestS],
  });
  return rows;
};

/**
 * Records why an enquiry was not answered as the protocol says. It is no attempt to send the step. A
 * round or status that is over is not changed.
 */
export const recordEnquiryFailure = async (
  db: Db,
  { caseId, stepId, round, error }: { caseId: string; stepId: string; round: number; error: string },
): Promise<void> => {
  await db.query(
    `update steps set attempts = case when attempt_round = $3 then attempts else 0 end, attempt_round = $3,
      last_error = $4, last_error_at = now()
    where case_id = $1 and id = $2 and round = $3 and status = any($5)`,
    [caseId, stepId, round, error, ENQUIRABLE],
  );
};

/**
 * The agency reports that it is working on the step: its silence starts again, as if the step had
 * just been sent. A step that the agency does not have is not changed.
 */
export const recordContact = async (
  db: Db,
  { caseId, stepId, round }: { caseId: string; stepId: string; round: number },
) => {
  await db.query(
    `update steps set enquiries = 0, enquire_at = now() + agencies.enquire_after_s * interval '1 second' from agencies
    where case_id = $1 and steps.id = $2 and round = $3 and status = any($4) and agencies.id = steps.agency and enquire_at is not null`,
    [caseId, stepId, round, ENQUIRABLE],
  );
};
