import type { AgencyRecord } from '../../db/agencies.ts';
import type { CaseRow } from '../../db/cases.ts';
import type { DueRow } from '../../db/dues.ts';
import type { NoticeRow } from '../../db/notices.ts';
import type { CaseStall, OpenStall } from '../../db/stall-list.ts';
import type { StepRow } from '../../db/steps.ts';
import type { Calendar } from '../../matters/calendar/calendar.ts';
import { findStep } from '../../matters/definition/compile.ts';
import { isCaseEnd } from '../../matters/engine/status.ts';
import type { Matter } from '../../matters/definition/schema.ts';
import { caseWait, duesOf, FAULTS, isStalled, waitOf, type Wait } from '../../matters/supervision/waiting.ts';
import type { StepView } from '../../contract/steps.ts';
import type { Stall } from '../../contract/stalls.ts';
import type { Waiting } from '../../contract/waiting.ts';
import { iso } from './instants.ts';

/** What is known about a case when its page is drawn. */
export interface Known {
  found: CaseRow;
  matter: Matter;
  agencies: ReadonlyMap<string, AgencyRecord>;
  notices: readonly NoticeRow[];
  dues: readonly DueRow[];
  /** What the watcher found. */
  stalls: readonly CaseStall[];
  calendar: Calendar;
  now: number;
}

/** What a step waits for, and whose turn it is: the first thing that anybody asks about a case. */
export const waitingView = (step: StepRow, known: Known): Pick<StepView, 'waitingOn' | 'waiting'> => {
  const wait = waitOfStep(step, known);
  if (!wait) return { waitingOn: 'nobody' };
  const { cause, detail, turn, since, next } = wait;
  const waiting: Waiting = {
    cause,
    detail,
    since: iso(since),
    ...(next && { next: { action: next.kind, ...(next.at !== undefined && { at: iso(next.at) }) } }),
    stalled: isStalled(wait, known.now),
  };
  return { waitingOn: turn, waiting };
};

const waitOfStep = (step: StepRow, known: Known): Wait | undefined => {
  const { matter, agencies, notices, dues, stalls, calendar, now } = known;
  const definition = findStep(matter, step.stepId)?.step;
  if (!definition) return undefined;
  const agency = agencies.get(step.agency);
  const detail = stalls.find(({ stepId }) => stepId === step.stepId)?.detail;
  return waitOf(step, {
    now,
    calendar,
    // An agency that is registered no more has nobody who would answer by machine.
    agency: agency ?? { connection: 'worklist', enquireAfterS: 0 },
    limit: definition.limit.promised,
    notice: notices.find(({ id }) => id === step.noticeId),
    dues: duesOf(step, dues),
    ofCase: waitOfCase(known),
    fault: FAULTS.find((fault) => fault === detail),
  });
};

/** What the watcher found wrong with the whole case; or that it has not begun. */
const waitOfCase = ({ found, stalls }: Known): Wait | undefined => {
  if (isCaseEnd(found.status)) return undefined;
  const stall = stalls.find(({ stepId }) => stepId === undefined);
  if (!stall) return caseWait({ submittedAt: found.submittedAt, started: true, begun: found.ledgerSeq > 1 });
  const { cause, detail, turn, since, nextKind, nextAt } = stall;
  const next = nextKind && { kind: nextKind, ...(nextAt !== undefined && { at: nextAt }) };
  return { cause, detail, turn, since, stallsAt: since, ofCase: true, ...(next && { next }) };
};

export const stallView = (stall: OpenStall): Stall => {
  const { id, caseId, caseNo, region, matter, stepId, subject, agency, cause, detail, turn, light } = stall;
  const { nextKind, nextAt, promisedAt, attempts, lastError } = stall;
  return {
    id,
    ...(caseId !== undefined && { caseId }),
    ...(caseNo !== undefined && { caseNo }),
    ...(region !== undefined && { region }),
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
