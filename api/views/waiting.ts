import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import type { CaseRow } from '../../db/cases/cases.ts';
import type { DueRow } from '../../db/cases/dues.ts';
import type { NoticeRow } from '../../db/cases/notices.ts';
import type { CaseStall, OpenStall } from '../../db/supervision/stall-list.ts';
import type { StepRow } from '../../db/cases/steps.ts';
import type { Calendar } from '../../domain/calendar/calendar.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import { caseWaitOfStall } from '../../domain/waiting/case-wait.ts';
import { FAULTS } from '../../domain/waiting/causes.ts';
import { BEING_SENT, type StepStatus } from '../../domain/case/status.ts';
import { waitOfStep } from '../../domain/waiting/question.ts';
import { isStalled } from '../../domain/waiting/wait.ts';
import type { StepView } from '../../contract/steps.ts';
import type { Stall } from '../../contract/stalls.ts';
import type { WaitView } from '../../contract/waiting.ts';
import { iso } from './instants.ts';

/** The facts about a case that its view needs. */
export interface WaitingContext {
  found: CaseRow;
  matter: Matter;
  /** The number of steps of the case that are being sent, by agency (`countSending`). */
  sending: ReadonlyMap<string, number>;
  agencies: ReadonlyMap<string, AgencyRecord>;
  notices: readonly NoticeRow[];
  dues: readonly DueRow[];
  /** The findings of the watcher. */
  stalls: readonly CaseStall[];
  calendar: Calendar;
  now: number;
}

/** What a step waits for, and which party has to act. */
export const waitingView = (step: StepRow, known: WaitingContext): Pick<StepView, 'waitingOn' | 'waiting'> => {
  const wait = findWait(step, known);
  if (!wait) return { waitingOn: 'nobody' };
  const { cause, detail, turn, since, next } = wait;
  const waiting: WaitView = {
    cause,
    detail,
    since: iso(since),
    ...(next && { next: { action: next.kind, ...(next.at !== undefined && { at: iso(next.at) }) } }),
    stalled: isStalled(wait, known.now),
  };
  return { waitingOn: turn, waiting };
};

/** Why a step waits; undefined: it has ended. */
export const findWait = (step: StepRow, { found, sending, agencies, notices, stalls, ...known }: WaitingContext) => {
  const detail = stalls.find(({ stepId }) => stepId === step.stepId)?.detail;
  const stallOfCase = stalls.find(({ stepId }) => stepId === undefined);
  return waitOfStep(step, {
    ...known,
    agency: agencies.get(step.agency),
    sending: sending.get(step.agency) ?? 0,
    notice: notices.find(({ id }) => id === step.noticeId),
    // The relay starts a case at once, so the case counts as started until the watcher reports a
    // problem.
    ofCase: caseWaitOfStall({ ...found, started: true }, stallOfCase),
    fault: FAULTS.find((fault) => fault === detail),
  });
};

/** The steps that are being sent, by agency. */
export const countSending = (steps: readonly StepRow[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { agency, status } of steps) if (isBeingSent(status)) counts.set(agency, (counts.get(agency) ?? 0) + 1);
  return counts;
};

const isBeingSent = (status: StepStatus): boolean => BEING_SENT.some((sent) => sent === status);

export const stallView = (stall: OpenStall): Stall => {
  const { id, caseId, caseNo, region, division, matter, stepId, subject, agency, cause, detail, turn, light } = stall;
  const { nextKind, nextAt, promisedAt, attempts, lastError } = stall;
  return {
    id,
    ...(caseId !== undefined && { caseId }),
    ...(caseNo !== undefined && { caseNo }),
    ...(region !== undefined && { region }),
    ...(division !== undefined && { division }),
    ...(matter !== undefined && { matter }),
    ...(stepId !== undefined && { step: stepId }),
    ...(subject !== '' && { subject }),
    ...(agency !== undefined && { agency }),
    ...{ cause, detail, waitingOn: turn, light },
    since: iso(stall.since),
    openedAt: iso(stall.openedAt),
    ...(nextKind && { next: { action: nextKind, ...(nextAt !== undefined && { at: iso(nextAt) }) } }),
    ...(promisedAt !== undefined && { promisedAt: iso(promisedAt) }),
    ...(attempts !== undefined && { attempts }),
    ...(lastError !== undefined && { lastError }),
  };
};
