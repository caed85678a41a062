import type { CaseWithPlan } from '../../db/cases.ts';
import { listNotices } from '../../db/notices.ts';
import { listSteps, type StepRow } from '../../db/steps.ts';
import type { Procedure } from '../../matters/engine/messages.ts';
import type { CaseStatus, StepStatus } from '../../matters/engine/status.ts';
import type { Matter, Text } from '../../matters/definition/schema.ts';
import type { PublicProgress } from '../../contract/progress.ts';
import type { Deps } from '../deps.ts';
import { agencyName } from '../registry.ts';
import { materialName, stepName } from './names.ts';
import { refusalsView } from './refusals.ts';
import { instants, iso } from './instants.ts';

type PublicState = PublicProgress['steps'][number]['state'];

/** A case in the words of somebody who has never seen our vocabulary. */
const CASE_WORDS: Record<CaseStatus, Text> = {
  submitted: { zh: '已收到您的申请', en: 'We have your application' },
  accepted: { zh: '正在办理', en: 'Being processed' },
  completed: { zh: '全部办完', en: 'All done' },
  'partially-completed': { zh: '部分办完', en: 'Partly done' },
  refused: { zh: '未能办成', en: 'Not granted' },
  'not-accepted': { zh: '未受理', en: 'Not accepted' },
  returned: { zh: '已退回', en: 'Returned to you' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
};

/** A step likewise: what happens now, and whether the applicant has to do something. */
const STEP_WORDS: Record<StepStatus, { state: PublicState; text: Text }> = {
  waiting: { state: 'todo', text: { zh: '等前面的环节办完', en: 'Waits for an earlier step' } },
  ready: { state: 'todo', text: { zh: '即将开始', en: 'About to start' } },
  submitted: { state: 'running', text: { zh: '正在送交办理部门', en: 'On its way to the office in charge' } },
  accepted: { state: 'running', text: { zh: '部门正在办理', en: 'The office is working on it' } },
  supplement: {
    state: 'yours',
    text: { zh: '需要您补充材料，请联系受理窗口', en: 'Something is needed from you: please contact the window' },
  },
  suspended: { state: 'running', text: { zh: '特别程序进行中', en: 'A special procedure is under way' } },
  attention: { state: 'running', text: { zh: '工作人员正在处理', en: 'Our staff are looking into it' } },
  undoing: { state: 'running', text: { zh: '正在撤回', en: 'Being taken back' } },
  done: { state: 'done', text: { zh: '已办好', en: 'Done' } },
  refused: { state: 'ended', text: { zh: '未予办理，理由见决定书', en: 'Refused; the decision letter says why' } },
  skipped: { state: 'ended', text: { zh: '不需要办理', en: 'Not needed' } },
  blocked: {
    state: 'ended',
    text: { zh: '因前面的环节未办成，不再办理', en: 'Cannot go on, because an earlier step was not granted' },
  },
  stopped: { state: 'ended', text: { zh: '已停止', en: 'Stopped' } },
  undone: { state: 'ended', text: { zh: '已撤回', en: 'Taken back' } },
};

/** The applicant is told which procedure it is and how long it is expected to take (行政许可法 art. 45). */
const procedureText = ({ procedure, expectedDays }: NonNullable<StepRow['suspension']>): Text => {
  const kind = PROCEDURE_WORDS[procedure];
  return {
    zh: `${kind.zh}，预计${expectedDays}个工作日，期间不计入办理时限`,
    en: `${kind.en}, expected to take ${expectedDays} working days, which do not count`,
  };
};

const PROCEDURE_WORDS: Record<Procedure, Text> = {
  hearing: { zh: '听证', en: 'A hearing' },
  tender: { zh: '招标', en: 'A tender' },
  auction: { zh: '拍卖', en: 'An auction' },
  inspection: { zh: '检验', en: 'An inspection' },
  testing: { zh: '检测', en: 'Testing' },
  quarantine: { zh: '检疫', en: 'Quarantine' },
  appraisal: { zh: '鉴定', en: 'An appraisal' },
  'expert-review': { zh: '专家评审', en: 'A review by experts' },
  'public-notice': { zh: '公示', en: 'A public notice' },
  'letter-inquiry': { zh: '函调', en: 'An inquiry by letter' },
  'kinship-test': { zh: '亲子鉴定', en: 'A kinship test' },
  other: { zh: '暂停办理', en: 'A pause' },
};

const OUTAGE_TEXT: Text = {
  zh: '部门系统故障，恢复后继续办理',
  en: 'The system of the office is down; it goes on when that is over',
};

/** Why a step ended without having been decided. */
const whyText = (matter: Matter, { closing }: CaseWithPlan, { status, because }: StepRow): { text?: Text } => {
  if (status === 'blocked' && because !== undefined) {
    const cause = stepName(matter, because);
    return {
      text: { zh: `因“${cause.zh}”未办成，不再办理`, en: `Cannot go on, because “${cause.en}” was not granted` },
    };
  }
  if (status !== 'stopped') return {};
  if (because === 'supplement') {
    const text = { zh: '逾期未补正，已停止', en: 'Stopped: what was missing did not come in time' };
    return { text };
  }
  return closing === 'withdrawal' ? { text: { zh: '因您撤回申请而停止', en: 'Stopped because you withdrew' } } : {};
};

/** What was accepted to follow (容缺) and has not come, and until when it is waited for. */
const pledgeOf = (matter: Matter, { plan, gaps, endedAt }: CaseWithPlan): Pick<PublicProgress, 'pledge'> => {
  if (!plan.pledge || gaps.length === 0 || endedAt !== undefined) return {};
  return { pledge: { until: iso(plan.pledge.until), materials: gaps.map((id) => materialName(matter, id)) } };
};

/** What the applicant is shown: names and plain words; no ids, no people, no reasons. */
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
    status: { code: found.status, text: CASE_WORDS[found.status] },
    submittedAt: iso(found.submittedAt),
    ...instants(found, ['promisedAt', 'endedAt']),
    provisional: found.provisional,
    steps: shown.map((step) => ({
      name: stepName(matter, step.stepId),
      agency: agencyName(agencies, step.agency).name,
      ...STEP_WORDS[step.status],
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
