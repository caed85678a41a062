import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import type { CaseWithPlan } from '../../db/cases/cases.ts';
import { listNotices } from '../../db/cases/notices.ts';
import { listSteps, type StepRow } from '../../db/cases/steps.ts';
import type { Matter, Text } from '../../domain/matter/schema.ts';
import { findAddress, type OfficeDirectory } from '../../domain/office/directory.ts';
import type { PublicProgress } from '../../contract/progress.ts';
import { CASE_STATUS_FOR_APPLICANT } from '../../domain/words/case-statuses.ts';
import { blockedText, procedureText, PROGRESS_WORDS } from '../../domain/words/progress.ts';
import {
  APPLICANT_STATE_OF_STEP,
  APPLICANT_STATE_WORDS,
  STEP_STATUS_FOR_APPLICANT,
} from '../../domain/words/step-statuses.ts';
import type { Deps } from '../deps.ts';
import { agencyName } from './names.ts';
import { materialName, stepName } from './names.ts';
import { refusalsView } from './refusals.ts';
import { instants, iso } from './instants.ts';

/** Why a step ended without a decision. */
const whyText = (matter: Matter, { closing }: CaseWithPlan, { status, because }: StepRow): { text?: Text } => {
  if (status === 'blocked' && because !== undefined) return { text: blockedText(stepName(matter, because)) };
  if (status !== 'stopped') return {};
  if (because === 'supplement') return { text: PROGRESS_WORDS['supplement-missing'] };
  return closing === 'withdrawal' ? { text: PROGRESS_WORDS.withdrawn } : {};
};

/** The pledged materials (容缺) that are still missing, and the last day for them. */
const pledgeOf = (matter: Matter, { plan, gaps, endedAt }: CaseWithPlan): Pick<PublicProgress, 'pledge'> => {
  if (!plan.pledge || gaps.length === 0 || endedAt !== undefined) return {};
  return { pledge: { until: iso(plan.pledge.until), materials: gaps.map((id) => materialName(matter, id)) } };
};

/**
 * Where the applicant goes for a step that waits for them: they pay at the office that decides the
 * step, and hand in papers at a window of the division that accepted the case.
 */
const officeView = (
  directory: OfficeDirectory,
  agencies: ReadonlyMap<string, AgencyRecord>,
  { region }: CaseWithPlan,
  step: StepRow,
  now: number,
): Pick<PublicProgress['steps'][number], 'office'> => {
  const { kind, status, agency, division } = step;
  const pays = kind === 'pay' && status === 'accepted';
  const handsIn = status === 'supplement' || (status === 'ready' && step.because !== undefined);
  if (!pays && !handsIn) return {};
  const wanted = pays ? ({ agency: agencies.get(agency)?.serves ?? agency } as const) : 'window';
  const office = findAddress(directory, wanted, pays ? division : region, now);
  if (!office) return {};
  const { name, address, hours, telephone } = office;
  return { office: { name, address, hours, telephone } };
};

/** The page of the applicant: names and plain text, without ids, people and reasons. */
export const viewProgress = async (deps: Deps, found: CaseWithPlan): Promise<PublicProgress> => {
  const [steps, notices, agencies, { matter }, calendar, directory] = await Promise.all([
    listSteps(deps.pool, found.caseId),
    listNotices(deps.pool, found.caseId),
    deps.registry.agencies(),
    deps.registry.matterOf(found),
    deps.calendars.newest(),
    deps.offices.directory(),
  ]);
  const now = deps.now();
  const shown = steps.filter(({ status }) => status !== 'skipped');
  return {
    caseNo: found.caseNo,
    matter: matter.name,
    status: { code: found.status, text: CASE_STATUS_FOR_APPLICANT[found.status] },
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
      ...whyText(matter, found, step),
      ...(directory && officeView(directory, agencies, found, step, now)),
    })),
    refusals: refusalsView({ matter, calendar, agencies }, steps, () => ({})).map(({ step, agency, ...refusal }) => ({
      step: step.name,
      agency: agency.name,
      ...refusal,
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
