import { getCase, type CaseWithPlan } from '../../db/cases/cases.ts';
import { getDossier } from '../../db/cases/dossiers.ts';
import type { StepRow } from '../../db/cases/steps.ts';
import type { Opener } from '../../db/sql/sealing.ts';
import { listLastDays, type LastDay } from '../../domain/deadlines/applicant-limits.ts';
import { lastDayState } from '../../domain/deadlines/last-day-state.ts';
import { parseStepId } from '../../domain/case/step-id.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import { LAST_DAY_STATE_WORDS, lastDayOf, lastDayOverText, lastDayText } from '../../domain/words/last-day.ts';
import type { LastDayView, SubmissionWarning } from '../../contract/last-days.ts';
import type { Deps } from '../deps.ts';
import { iso } from './instants.ts';
import { stepName } from './names.ts';

/**
 * The last days of the case, or those of one of its steps. They are computed from the dossier, which
 * is opened only if the matter has a limit that counts here.
 */
export const readLastDays = async (
  { pool, calendars }: Deps,
  opener: Opener,
  { caseId, plan, submittedAt }: Pick<CaseWithPlan, 'caseId' | 'plan' | 'submittedAt'>,
  matter: Matter,
  isShown: (stepId: string | undefined) => boolean,
): Promise<LastDay[]> => {
  const shownSteps = new Set(plan.steps.filter(({ id }) => isShown(id)).map(({ id }) => parseStepId(id)?.definition));
  const counting = matter.applicantLimits.filter(({ step }) =>
    step === undefined ? isShown(undefined) : shownSteps.has(step),
  );
  if (counting.length === 0) return [];
  const [{ form }, calendar] = await Promise.all([getDossier(pool, opener, caseId), calendars.newest()]);
  return listLastDays(matter, plan, form, { calendar, now: submittedAt }).filter(({ stepId }) => isShown(stepId));
};

/** Those of a step, for the agency that has its task. */
export const viewLastDaysOfTask = async (
  deps: Deps,
  opener: Opener,
  matter: Matter,
  step: StepRow,
): Promise<LastDayView[]> => {
  if (matter.applicantLimits.length === 0) return [];
  const found = await getCase(deps.pool, step.caseId);
  const lastDays = await readLastDays(deps, opener, found, matter, (id) => id === step.stepId);
  const times = { submittedAt: found.submittedAt, now: deps.now() };
  return lastDays.map((lastDay) => lastDayView(lastDay, [step], times));
};

export const lastDayView = (
  lastDay: LastDay,
  steps: readonly StepRow[],
  { submittedAt, now }: { submittedAt: number; now: number },
): LastDayView => {
  const { limit, stepId, item, at, provisional } = lastDay;
  const state = lastDayState(lastDay, { submittedAt, step: steps.find((step) => step.stepId === stepId), now });
  return {
    limit: limit.id,
    name: limit.name,
    ...(stepId !== undefined && { step: stepId }),
    ...(item !== undefined && { item }),
    state,
    stateText: LAST_DAY_STATE_WORDS[state],
    until: untilView(at),
    provisional,
    example: limit.example,
    source: limit.source,
    afterwards: limit.afterwards,
  };
};

export const untilView = (at: number): LastDayView['until'] => ({
  at: iso(at),
  day: lastDayOf(at),
  text: lastDayText(at),
});

/** The limits that are over when the application is submitted. The office decides what follows. */
export const warnOfLastDays = (matter: Matter, lastDays: readonly LastDay[], now: number): SubmissionWarning[] =>
  lastDays
    .filter(({ at }) => at < now)
    .map(({ limit, stepId, item, at }) => ({
      code: 'APPLICANT_LIMIT_OVER',
      limit: limit.id,
      ...(stepId !== undefined && { step: { id: stepId, name: stepName(matter, stepId) } }),
      ...(item !== undefined && { item }),
      message: lastDayOverText(limit.name, at, limit.afterwards, item),
    }));
