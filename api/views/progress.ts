import type { CaseWithPlan } from '../../db/cases/cases.ts';
import { listNotices } from '../../db/cases/notices.ts';
import { listSteps, type StepRow } from '../../db/cases/steps.ts';
import type { StepStatus } from '../../domain/case/status.ts';
import type { Matter, Text } from '../../domain/matter/schema.ts';
import type { PublicProgress } from '../../contract/progress.ts';
import { CASE_STATUS_FOR_APPLICANT } from '../../domain/words/case-statuses.ts';
import { DAY_UNIT_WORDS, PROCEDURE_WORDS } from '../../domain/words/procedures.ts';
import {
  APPLICANT_STATE_WORDS,
  STEP_STATUS_FOR_APPLICANT,
  type ApplicantState,
} from '../../domain/words/step-statuses.ts';
import type { Deps } from '../deps.ts';
import { agencyName } from './names.ts';
import { materialName, stepName } from './names.ts';
import { refusalsView } from './refusals.ts';
import { instants, iso } from './instants.ts';

/** The state of a step on the applicant's page. */
const STATES = {
  waiting: 'todo',
  ready: 'todo',
  submitted: 'running',
  accepted: 'running',
  supplement: 'yours',
  suspended: 'running',
  attention: 'running',
  undoing: 'running',
  done: 'done',
  refused: 'ended',
  skipped: 'ended',
  blocked: 'ended',
  stopped: 'ended',
  undone: 'ended',
} as const satisfies Record<StepStatus, ApplicantState>;

/** The applicant has a right to know the procedure and its expected length (行政许可法 art. 45). */
const procedureText = ({ procedure, expectedDays, unit }: NonNullable<StepRow['suspension']>): Text => {
  const kind = PROCEDURE_WORDS[procedure];
  const days = DAY_UNIT_WORDS[unit ?? 'working-days'];
  return {
    zh: `${kind.zh}，预计${expectedDays}${days.zh}，期间不计入办理时限`,
    en: `${kind.en}: expected to take ${expectedDays} ${days.en}, which do not count towards the time limit`,
  };
};

const OUTAGE_TEXT: Text = {
  zh: '部门系统发生故障，恢复后继续办理',
  en: 'The system of the office is unavailable. Processing continues when it is available again',
};

/** Why a step ended without a decision. */
const whyText = (matter: Matter, { closing }: CaseWithPlan, { status, because }: StepRow): { text?: Text } => {
  if (status === 'blocked' && because !== undefined) {
    const cause = stepName(matter, because);
    return {
      text: { zh: `因“${cause.zh}”未通过，不再办理`, en: `Stopped because “${cause.en}” was not granted` },
    };
  }
  if (status !== 'stopped') return {};
  if (because === 'supplement') {
    const text = {
      zh: '逾期未补正，已停止办理',
      en: 'Stopped because the missing documents were not received in time',
    };
    return { text };
  }
  return closing === 'withdrawal'
    ? { text: { zh: '因您撤回申请，已停止办理', en: 'Stopped because you withdrew the application' } }
    : {};
};

/** The pledged materials (容缺) that are still missing, and the last day for them. */
const pledgeOf = (matter: Matter, { plan, gaps, endedAt }: CaseWithPlan): Pick<PublicProgress, 'pledge'> => {
  if (!plan.pledge || gaps.length === 0 || endedAt !== undefined) return {};
  return { pledge: { until: iso(plan.pledge.until), materials: gaps.map((id) => materialName(matter, id)) } };
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
    status: { code: found.status, text: CASE_STATUS_FOR_APPLICANT[found.status] },
    submittedAt: iso(found.submittedAt),
    ...instants(found, ['promisedAt', 'endedAt']),
    provisional: found.provisional,
    steps: shown.map((step) => ({
      name: stepName(matter, step.stepId),
      agency: agencyName(agencies, step.agency).name,
      state: STATES[step.status],
      stateText: APPLICANT_STATE_WORDS[STATES[step.status]],
      text: STEP_STATUS_FOR_APPLICANT[step.status],
      ...(step.suspension && { text: procedureText(step.suspension) }),
      ...(step.parkedAt !== undefined && { text: OUTAGE_TEXT }),
      ...whyText(matter, found, step),
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
