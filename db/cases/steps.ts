import type { StepClock } from '../../domain/case/clock.ts';
import type {
  AttentionCode,
  DecisionKind,
  Procedure,
  ProcedureLength,
  ResultSource,
} from '../../domain/case/messages.ts';
import type { StepKind } from '../../domain/case/plan.ts';
import { IN_CALL, isStepEnd, STEP_STATUSES, UNDER_WAY, type StepStatus } from '../../domain/case/status.ts';
import { NO_OFFICE } from './unserved-steps.ts';
import type { CaseRow } from './cases.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { toInstant, dropNulls } from '../sql/rows.ts';

/** A step in its present state. Instants in milliseconds since 1970; absent until the event. */
export interface StepRow {
  caseId: string;
  stepId: string;
  /** The id of the step in the definition, and the list item (1-based) if it is one of several. */
  definition: string;
  item?: number;
  position: number;
  agency: string;
  /** The division that decides it. */
  division: string;
  /** No office serves that division, so it is not sent. */
  unserved?: true;
  kind: StepKind;
  status: StepStatus;
  round: number;
  undo: boolean;
  decision?: DecisionKind;
  /** The inbox message that decided; its body contains the texts. */
  messageId?: string;
  attention?: AttentionCode;
  because?: string;
  noticeId?: string;
  suspension?: ProcedureLength & { procedure: Procedure; at: number; attention?: AttentionCode };
  /** The results of other steps that its agency is sent in this round. */
  results?: ResultSource[];
  /** Since when it waits for the end of its agency's outage; absent: it does not wait. */
  parkedAt?: number;
  /** The officer to whom a supervisor assigned it. */
  officer?: string;
  /** When its present round was sent. */
  sentAt?: number;
  clock?: StepClock;
  /** Since when its clock is paused. */
  pausedAt?: number;
  /** The number of working days by which its limit may be extended, once, and by which it was. */
  extension: number;
  extensionDays?: number;
  startedAt?: number;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  provisional: boolean;
  statutoryProvisional: boolean;
  endedAt?: number;
  changedAt: number;
  /** The failed attempts of this round, and the reason of the last one. */
  attempts: number;
  lastError?: string;
  lastErrorAt?: number;
  nextAttemptAt?: number;
  enquireAt?: number;
  enquiries: number;
  claimedBy?: string;
  /** Meaningless if the step is not claimed. */
  claimedAt?: number;
  claimedUntil?: number;
}

/** The columns of `StepRow`, of a table named `steps`. */
export const STEP_COLUMNS = `steps.case_id as "caseId", steps.id as "stepId", steps.definition, steps.item, steps.position, steps.agency,
  steps.division, case when ${NO_OFFICE} then true end as unserved, steps.kind, steps.status, steps.round, steps.undo, steps.decision, steps.message_id as "messageId", steps.attention, steps.because,
  steps.notice_id as "noticeId", steps.suspension, steps.results, steps.parked_at as "parkedAt", steps.officer, steps.sent_at as "sentAt", steps.clock,
  steps.paused_at as "pausedAt", steps.extension, steps.extension_days as "extensionDays", steps.started_at as "startedAt", steps.yellow_at as "yellowAt",
  steps.promised_at as "promisedAt", steps.statutory_at as "statutoryAt", steps.provisional, steps.statutory_provisional as "statutoryProvisional", steps.ended_at as "endedAt",
  steps.changed_at as "changedAt", steps.attempts, steps.last_error as "lastError", steps.last_error_at as "lastErrorAt",
  steps.next_attempt_at as "nextAttemptAt", steps.enquire_at as "enquireAt", steps.enquiries, steps.claimed_by as "claimedBy",
  steps.claimed_at as "claimedAt", steps.claimed_until as "claimedUntil"`;

/** The steps of a case in the order of the plan. */
export const listSteps = async (db: Db, caseId: string): Promise<StepRow[]> => {
  const { rows } = await db.query<StepRow>({
    name: 'list-steps',
    text: `select ${STEP_COLUMNS} from steps where case_id = $1 order by position`,
    values: [caseId],
  });
  return rows.map(dropNulls);
};

/** The open steps of several cases, in the order of the plan. */
export const listOpenSteps = async (db: Db, caseIds: readonly string[]): Promise<StepRow[]> => {
  const { rows } = await db.query<StepRow>(
    `select ${STEP_COLUMNS} from steps where case_id = any($1)
      and status = any($2) order by case_id, position`,
    [caseIds, UNDER_WAY],
  );
  return rows.map(dropNulls);
};

/** What the agency of a step needs to know of its case. */
export type CaseOfStep = Pick<CaseRow, 'caseId' | 'caseNo' | 'matter' | 'version' | 'region' | 'status' | 'closing'>;

/** A step with its case in one round trip, because agencies ask for many. Throws `STEP_UNKNOWN`. */
export const getTask = async (
  db: Db,
  caseId: string,
  stepId: string,
): Promise<{ found: CaseOfStep; step: StepRow }> => {
  type Row = StepRow & Omit<CaseOfStep, 'status' | 'closing'> & { case: Pick<CaseOfStep, 'status' | 'closing'> };
  const { rows } = await db.query<Row>({
    name: 'get-task',
    text: `select ${STEP_COLUMNS}, case_no as "caseNo", matter, version, region,
        json_strip_nulls(json_build_object('status', cases.status, 'closing', cases.closing)) as case
      from steps join cases on cases.id = steps.case_id where steps.case_id = $1 and steps.id = $2`,
    values: [caseId, stepId],
  });
  const [row] = rows;
  if (!row) throw databaseError('STEP_UNKNOWN', `no step ${stepId} in case ${caseId}`);
  const { caseNo, matter, version, region, case: standing, ...step } = row;
  return { found: { caseId, caseNo, matter, version, region, ...standing }, step: dropNulls(step) };
};

/** Throws `STEP_UNKNOWN`. */
export const getStep = async (db: Db, caseId: string, stepId: string): Promise<StepRow> => {
  const { rows } = await db.query<StepRow>({
    name: 'get-step',
    text: `select ${STEP_COLUMNS} from steps where case_id = $1 and id = $2`,
    values: [caseId, stepId],
  });
  const [row] = rows;
  if (!row) throw databaseError('STEP_UNKNOWN', `no step ${stepId} in case ${caseId}`);
  return dropNulls(row);
};

const OPEN = STEP_STATUSES.filter((status) => !isStepEnd(status));

/** Where the steps of a case are decided after a correction; a step that has ended stays where it was. */
export const moveSteps = async (client: Db, caseId: string, divisions: ReadonlyMap<string, string>): Promise<void> => {
  await client.query(
    `update steps set division = new.division from json_to_recordset($2) as new (id text, division text)
    where case_id = $1 and steps.id = new.id and steps.division <> new.division and status = any($3)`,
    [caseId, JSON.stringify([...divisions].map(([id, division]) => ({ id, division }))), OPEN],
  );
};

export interface FailedAttempt {
  caseId: string;
  stepId: string;
  round: number;
  /** A code and the text of the network error, never what was sent. */
  error: string;
  nextAttemptAt?: number;
}

/**
 * Records why sending has not succeeded yet, and how often it failed in this round. Does nothing if
 * the round or the status is over. It may be called before the projection knows that the round
 * began.
 */
export const recordAttempt = async (db: Db, attempt: FailedAttempt): Promise<void> => {
  await db.query({
    name: 'record-attempt',
    text: `update steps set attempts = case when attempt_round = $3 then attempts else 0 end + 1, attempt_round = $3,
        last_error = $4, last_error_at = now(), next_attempt_at = $5
      where case_id = $1 and id = $2 and round <= $3
        and status = any($6)`,
    values: [attempt.caseId, attempt.stepId, attempt.round, attempt.error, toInstant(attempt.nextAttemptAt), IN_CALL],
  });
};
