import type { BreakerRow } from './breakers.ts';
import type { StepRow } from '../cases/steps.ts';
import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/** A step in the round in which it waits. */
export interface ParkedStep {
  caseId: string;
  stepId: string;
  round: number;
  /** When the round was first sent, and since when it waits. */
  sentAt: number;
  parkedAt: number;
}

/** A parked step as a probe sends it. */
type ProbedStep = ParkedStep & Pick<StepRow, 'results'>;

type StepKey = Pick<ParkedStep, 'caseId' | 'stepId' | 'round'>;

/** Parked, and not released yet. */
const WAITS = `parked_at is not null and released_parked_at is distinct from parked_at`;

/** The order in which parked steps are released and probed: the nearest deadline first. */
const BY_DEADLINE = `coalesce(promised_at, 'infinity'), case_id, id`;

/**
 * The agencies that have steps to release, with their breakers: they recover, or have recovered and
 * some steps were parked late, or were enabled again.
 */
export const agenciesToRelease = async (db: Db): Promise<BreakerRow[]> => {
  const { rows } = await db.query<BreakerRow>({
    name: 'agencies-to-release',
    text: `select agency, breaker from breakers
      where not exists (select from agencies where agencies.id = breakers.agency and disabled_at is not null)
        and (state = 'recovering' or (state = 'closed' and exists (
          select from steps where steps.agency = breakers.agency and ${WAITS})))`,
  });
  return rows;
};

/**
 * Claims the turn to release steps of an agency, over all workers; the next turn is `intervalMs`
 * later. False: the time has not come, or the outage is not over.
 */
export const takeReleaseTurn = async (db: Db, agency: string, intervalMs: number): Promise<boolean> => {
  const { rowCount } = await db.query({
    name: 'take-release-turn',
    text: `update breakers set release_at = now() + $2 * interval '1 millisecond'
      where agency = $1 and release_at <= now() and state <> 'open'`,
    values: [agency, intervalMs],
  });
  return rowCount === 1;
};

/**
 * Takes up to `limit` parked steps of an agency, nearest deadline first, and counts them in its
 * incident. The messages to their cases must be stored in the same transaction.
 */
export const takeReleases = async (db: Db, agency: string, limit: number): Promise<ParkedStep[]> => {
  const { rows } = await db.query<ParkedStep>({
    name: 'take-releases',
    text: `with due as (
        select case_id, id from steps where agency = $1 and ${WAITS} order by ${BY_DEADLINE} limit $2 for update skip locked
      ), released as (
        update steps set released_parked_at = steps.parked_at from due
        where steps.case_id = due.case_id and steps.id = due.id
        returning steps.case_id as "caseId", steps.id as "stepId", steps.round, steps.sent_at as "sentAt",
          steps.parked_at as "parkedAt"
      ), counted as (
        update incidents set released = released + (select count(*) from released) where agency = $1 and closed_at is null
      )
      select * from released`,
    values: [agency, limit],
  });
  return rows;
};

/** Whether all steps that were parked before `at` are released. */
export const isDrained = async (db: Db, agency: string, at: number): Promise<boolean> => {
  const { rowCount } = await db.query({
    name: 'is-drained',
    text: `select from steps where agency = $1 and ${WAITS} and parked_at <= $2 limit 1`,
    values: [agency, new Date(at)],
  });
  return rowCount === 0;
};

/**
 * Whether a step was released in its present round: while its agency recovers, only such steps are
 * sent.
 */
export const isReleased = async (db: Db, { caseId, stepId, round }: StepKey): Promise<boolean> => {
  const { rowCount } = await db.query({
    name: 'was-released',
    text: `select from steps where case_id = $1 and id = $2 and round = $3
      and released_parked_at is not null and (parked_at is null or parked_at = released_parked_at)`,
    values: [caseId, stepId, round],
  });
  return rowCount === 1;
};

/**
 * The step for the nth probe of an agency. The steps take turns, so that one that fails does not
 * block the others.
 */
export const stepToProbe = async (db: Db, agency: string, nth: number): Promise<ProbedStep | undefined> => {
  const { rows } = await db.query<ProbedStep>({
    name: 'step-to-probe',
    text: `with parked as (
        select case_id, id, round, sent_at, parked_at, results, row_number() over (order by ${BY_DEADLINE}) - 1 as place, count(*) over () as parked
        from steps where agency = $1 and parked_at is not null
      )
      select case_id as "caseId", id as "stepId", round, sent_at as "sentAt", parked_at as "parkedAt", results
      from parked where place = $2 % parked.parked`,
    values: [agency, nth],
  });
  return rows[0] && dropNulls(rows[0]);
};
