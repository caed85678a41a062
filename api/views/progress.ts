import type { CaseWithPlan } from '../../db/cases/cases.ts';
import { listNotices } from '../../db/cases/notices.ts';
import { listSteps, type StepRow } from '../../db/cases/steps.ts';
import { RESULTS } from '../../domain/case/plan.ts';
import type { Matter, Text } from '../../domain/matter/schema.ts';
import type { PublicProgress } from '../../contract/progress.ts';
import { CASE_STATUS_FOR_APPLICANT } from '../../domain/words/case-statuses.ts';
import { blockedText, partialText, procedureText, PROGRESS_WORDS } from '../../domain/words/progress.ts';
import {
  APPLICANT_STATE_OF_STEP,
  APPLICANT_STATE_WORDS,
  STEP_STATUS_FOR_APPLICANT,
} from '../../domain/words/step-statuses.ts';
import type { Deps } from '../deps.ts';
import { agencyName } from './names.ts';
import { materialName, stepName } from './names.ts';
import { lapsesView, refusalsView } from './refusals.ts';
import { instants, iso } from './instants.ts';

/** Why a step ended without a decision. */
const whyText = (
  matter: Matter,
  { closing }: CaseWithPlan,
  { status, because }: StepRow,
  steps: readonly StepRow[],
): { text?: Text } => {
  if (status === 'blocked' && because !== undefined) {
    const hasLapsed = steps.some((step) => step.stepId === because && step.status === 'lapsed');
    return { text: blockedText(stepName(matter, because), hasLapsed) };
  }
  if (status !== 'stopped') return {};
  if (because === 'supplement') return { text: PROGRESS_WORDS['supplement-missing'] };
  return closing === 'withdrawal' ? { text: PROGRESS_WORDS.withdrawn } : {};
};

/** The pledged materials (容缺) that are still missing, and the last day for them. */
const pledgeOf = (matter: Matter, { plan, gaps, endedAt }: CaseWithPlan): Pick<PublicProgress, 'pledge'> => {
  if (!plan.pledge || gaps.length === 0 || endedAt !== undefined) return {};
  return { pledge: { until: iso(plan.pledge.until), materials: gaps.map((id) => materialName(matter, id)) } };
};

/** The status of the case, with the numbers of what was granted and what was not. */
const statusText = ({ status }: CaseWithPlan, steps: readonly StepRow[]): Text => {
  if (status !== 'partially-completed') return CASE_STATUS_FOR_APPLICANT[status];
  const count = (wanted: StepRow['status']): number => steps.filter((step) => step.status === wanted).length;
  const granted = steps.filter((step) => step.status === 'done' && RESULTS.has(step.kind)).length;
  return partialText({ granted, refused: count('refused'), lapsed: count('lapsed') });
};

/** The page of the applicant: names and plain text, without ids, people and reasons. */
export const viewProgress = async (deps: Deps, found: CaseWithPlan): Promise<PublicProgress> => {
  const [steps, notices, agencies, { matter }, calendar] = await Promise.all([
    listSteps(deps.pool, found.caseId),
    listNotices(deps.pool, found.caseId),
    deps.registry.agencies(),
    deps.registry.matterOf(found),
    deps.calendars.newest(),
  ]);
  const shown = steps.filter(({ status }) => status !== 'skipped');
  return {
    caseNo: found.caseNo,
    matter: matter.name,
    status: { code: found.status, text: statusText(found, steps) },
    submittedAt: iso(found.submittedAt),
    ...instants(found, ['promisedAt', 'endedAt']),
    provisional: found.provisional,
    steps: shown.map((step) => ({
      name: stepName(matter, step.stepId),
      agency: agencyName(agencies, step.agency).name,
      state: APPLICANT_STATE_OF_STEP[step.status],
      stateText: APPLICANT_STATE_WORDS[APPLICANT_STATE_OF_STEP[step.status]],
      text: STEP_STATUS_FOR_APPLICANT[step.status],
      ...(step.suspension && { text: procedureText(step.suspension) }),
      ...(step.parkedAt !== undefined && { text: PROGRESS_WORDS.outage }),
      ...(step.attention === 'RECORD_MISSED' && { text: PROGRESS_WORDS['record-missed'] }),
      ...whyText(matter, found, step, steps),
    })),
    refusals: refusalsView({ matter, calendar, agencies }, steps, () => ({})).map(({ step, agency, ...refusal }) => ({
      step: step.name,
      agency: agency.name,
      ...refusal,
    })),
    lapses: lapsesView({ matter, agencies }, steps).map(({ step, agency }) => ({
      step: step.name,
      agency: agency.name,
    })),
    ...pledgeOf(matter, found),
    missing: notices
      .filter(({ status }) => status === 'open')
      .map(({ dueAt, items }) => ({
        ...(dueAt !== undefined && { dueAt: iso(dueAt) }),
        count: items.filter(({ answered }) => !answered).length,
      })),
  };
};
