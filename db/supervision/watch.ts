import { BEING_SENT, ENQUIRABLE } from '../../domain/case/status.ts';
import type { Notice } from '../../domain/case/state.ts';
import type { AgencyFacts } from '../../domain/agency/enquiries.ts';
import type { Loss } from '../../domain/supervision/lost-runs.ts';
import type { CaseFacts, StallFacts } from '../../domain/waiting/case-wait.ts';
import type { AskedStep, DueFacts } from '../../domain/waiting/question.ts';
import { PATIENCE_MS, SUSPECT_MS } from '../../domain/waiting/wait.ts';
import { NO_OFFICE } from '../cases/unserved-steps.ts';
import type { Db } from '../sql/pool.ts';
import { onlyRow, dropNulls } from '../sql/rows.ts';

/**
 * What the watcher reads: few rows at a time, all found by indexes. Instants in milliseconds since
 * 1970.
 */

/** The clock of the database, with which everything here is compared. */
export const databaseNow = async (db: Db): Promise<number> => {
  const { rows } = await db.query<{ now: number }>(`select date_trunc('milliseconds', clock_timestamp()) as now`);
  return onlyRow(rows).now;
};

/** The place of a stall, and the clock of its step or case. */
export interface WatchedSubject {
  caseId: string;
  matter: string;
  version: number;
  region: string;
  /** The division that decides the step; of a case that of its window. */
  division: string;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  pausedAt?: number;
  /** The state that was judged: in another state the step is judged again. */
  judgedAs: string;
}

export interface WatchedStep extends AskedStep, WatchedSubject {
  agency: string;
  /** The registration of the agency; absent: it is not registered. */
  registered?: AgencyFacts;
  /** The steps of the case that are being sent to the agency. */
  sending: number;
  noticeStatus?: Notice['status'];
  notifiedAt?: number;
  dues: DueFacts[];
}

/** Changes with every event that may end the wait of a step. */
export const STEP_STATE = `concat_ws('/', steps.changed_at, steps.attempts, steps.enquire_at)`;
const OPEN_STALL = `select from stalls where stalls.case_id = steps.case_id and stalls.step_id = steps.id and cleared_at is null`;

/**
 * The steps to check now, at most `limit` of each kind: those whose time has come; those that
 * should have been asked about and were not; and of the stalled ones those that changed, whose next
 * action is overdue, or that wait for us or because of their whole case. Those that were not
 * checked for the longest time come first.
 */
export const stepsToWatch = async (db: Db, limit: number): Promise<WatchedStep[]> => {
  const { rows } = await db.query<WatchedStep>({
    name: 'steps-to-watch',
    text: `with wanted as (
        (select case_id, id from steps where watch_at <= now() order by watch_at limit $1)
        union
        (select case_id, id from steps
          where enquire_at < now() - $2 * interval '1 millisecond' and status = any($3) and not exists (${OPEN_STALL})
          order by enquire_at limit $1)
        union
        (select steps.case_id, steps.id from stalls join steps on steps.case_id = stalls.case_id and steps.id = stalls.step_id
          where cleared_at is null
            and (judged_as <> ${STEP_STATE} or next_at < now() - $2 * interval '1 millisecond' or turn = 'system'
              or exists (select from stalls as whole where whole.case_id = stalls.case_id and whole.step_id is null and whole.subject = '' and whole.cleared_at is null))
          order by judged_at limit $1)
      )
      select ${WATCHED_STEP} from wanted join steps using (case_id, id) ${SURROUNDINGS}`,
    values: [limit, PATIENCE_MS, ENQUIRABLE, BEING_SENT],
  });
  return rows.map(dropNulls);
};

const WATCHED_STEP = `steps.case_id as "caseId", steps.id as "stepId", steps.kind, steps.status, steps.attempts,
  steps.last_error_at as "lastErrorAt", steps.next_attempt_at as "nextAttemptAt", steps.parked_at as "parkedAt", steps.attention, steps.because,
  steps.suspension, steps.sent_at as "sentAt", steps.changed_at as "changedAt", steps.enquire_at as "enquireAt", steps.enquiries,
  steps.clock, steps.notice_id as "noticeId", steps.agency, steps.yellow_at as "yellowAt", steps.promised_at as "promisedAt",
  steps.statutory_at as "statutoryAt", steps.paused_at as "pausedAt", ${STEP_STATE} as "judgedAs",
  cases.matter, cases.version, cases.region, steps.division, case when ${NO_OFFICE} then true end as unserved, case when agencies.id is not null then json_strip_nulls(json_build_object(
    'connection', agencies.connection, 'enquireAfterS', agencies.enquire_after_s, 'maxPerSecond', agencies.max_per_second,
    'maxInFlight', agencies.max_in_flight,
    'disabledAt', extract(epoch from agencies.disabled_at) * 1000)) end as registered,
  (select count(*) from steps as others where others.case_id = steps.case_id and others.agency = steps.agency
    and others.status = any($4)) as sending, notices.status as "noticeStatus", notices.notified_at as "notifiedAt",
  coalesce((select json_agg(json_build_object('kind', dues.kind, 'key', dues.key, 'stepId', dues.step_id,
    'dueAt', extract(epoch from dues.due_at) * 1000)) from dues where dues.case_id = steps.case_id and sent_at is null), '[]') as dues`;

const SURROUNDINGS = `join cases on cases.id = steps.case_id left join agencies on agencies.id = steps.agency
  left join notices on notices.case_id = steps.case_id and notices.id = steps.notice_id`;

export interface WatchedCase extends CaseFacts, WatchedSubject {
  /** The run that may write; absent: none has written yet. */
  runId?: string;
  /** It was reported lost and has not resumed. */
  lost?: Loss;
  /** The open stall of the whole case. */
  stall?: StallFacts;
}

/** Not those of a single message (`listConflicts`). */
const STALL_OF_CASE = `cleared_at is null and stalls.case_id is not null and step_id is null and subject = ''`;

/**
 * The cases whose messages or instants are overdue and have not arrived, whose instants have had no
 * effect after they were sent, those that were reported lost, and those that are known to wait for
 * one of these reasons and were not judged for `againMs`.
 */
export const casesToWatch = async (
  db: Db,
  { limit, againMs }: { limit: number; againMs: number },
): Promise<string[]> => {
  const { rows } = await db.query<{ caseId: string }>({
    name: 'cases-to-watch',
    text: `(select case_id as "caseId" from inbox
        where settled_at is null and received_at < now() - $3 * interval '1 millisecond'
          and not exists (select from stalls where ${STALL_OF_CASE} and stalls.case_id = inbox.case_id)
        order by received_at limit $1)
      union
      (select case_id from dues where sent_at is null and due_at < now() - $2 * interval '1 millisecond'
          and not exists (select from stalls where ${STALL_OF_CASE} and stalls.case_id = dues.case_id)
        order by due_at limit $1)
      union
      (select case_id from dues where sent_at < now() - $2 * interval '1 millisecond'
          and not exists (select from stalls where ${STALL_OF_CASE} and stalls.case_id = dues.case_id)
        order by sent_at limit $1)
      union
      (select case_id from resumptions where done_at is null and why not in ('unwritten', 'asked')
          and not exists (select from stalls where ${STALL_OF_CASE} and stalls.case_id = resumptions.case_id)
        order by found_at limit $1)
      union
      (select case_id from stalls where ${STALL_OF_CASE} and judged_at < now() - $4 * interval '1 millisecond'
        order by judged_at limit $1)`,
    values: [limit, PATIENCE_MS, SUSPECT_MS, againMs],
  });
  return rows.map(({ caseId }) => caseId);
};

export const listWatchedCases = async (db: Db, caseIds: readonly string[]): Promise<WatchedCase[]> => {
  const { rows } = await db.query<WatchedCase>({
    name: 'watched-cases',
    text: `select id as "caseId", matter, version, region, region as division, submitted_at as "submittedAt", ledger_seq as "ledgerSeq", ended_at as "endedAt", run_id as "runId",
        cases.yellow_at as "yellowAt", cases.promised_at as "promisedAt", cases.statutory_at as "statutoryAt",
        cases.paused_at as "pausedAt", ledger_seq::text as "judgedAs",
        (select why from resumptions where resumptions.case_id = cases.id and done_at is null) as lost,
        (select json_strip_nulls(json_build_object('cause', cause, 'detail', detail, 'turn', turn,
          'since', extract(epoch from since) * 1000, 'nextKind', next_kind, 'nextAt', extract(epoch from next_at) * 1000))
          from stalls where ${STALL_OF_CASE} and stalls.case_id = cases.id) as stall,
        exists (select from start_requests where start_requests.case_id = cases.id and started_at is not null) as started,
        (select min(received_at) from inbox where inbox.case_id = cases.id and settled_at is null) as "messageSince",
        (select min(due_at) from dues where dues.case_id = cases.id
          and case when sent_at is null then due_at else sent_at end < now() - $2 * interval '1 millisecond') as "dueSince"
      from cases where id = any ($1)`,
    values: [caseIds, PATIENCE_MS],
  });
  return rows.map(dropNulls);
};

/**
 * The next `limit` open cases after one, newest first; from the newest when there are no more. The
 * watcher uses it to check all of them slowly.
 */
export const openCasesAfter = async (
  db: Db,
  after: { submittedAt: number; caseId: string } | undefined,
  limit: number,
): Promise<{ submittedAt: number; caseId: string }[]> => {
  const { rows } = await db.query<{ submittedAt: number; caseId: string }>({
    name: 'open-cases-after',
    text: `select submitted_at as "submittedAt", id as "caseId" from cases
      where ended_at is null and ledger_seq > 1 and (submitted_at, id) < ($1, $2) order by submitted_at desc, id desc limit $3`,
    values: [
      after ? new Date(after.submittedAt) : 'infinity',
      after?.caseId ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      limit,
    ],
  });
  return rows;
};

/** The ids of all agencies: each has a queue. */
export const agencyIds = async (db: Db): Promise<string[]> => {
  const { rows } = await db.query<{ id: string }>('select id from agencies order by id');
  return rows.map(({ id }) => id);
};
