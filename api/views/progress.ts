import type { CaseRow } from '../../db/cases.ts';
import { listSteps, type StepRow } from '../../db/steps.ts';
import type { CaseStatus, StepStatus } from '../../matters/engine/status.ts';
import type { Text } from '../../matters/schema.ts';
import type { PublicProgress } from '../contract.ts';
import type { Deps } from '../deps.ts';
import { agencyName } from '../registry.ts';
import { stepName } from './case.ts';
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

/** What the applicant is shown: names and plain words; no ids, no people, no reasons. */
export const viewProgress = async (deps: Deps, found: CaseRow): Promise<PublicProgress> => {
  const [steps, agencies, { matter }] = await Promise.all([
    listSteps(deps.pool, found.caseId),
    deps.registry.agencies(),
    deps.registry.matterOf(found),
  ]);
  const shown = steps.filter(({ status }) => status !== 'skipped');
  return {
    caseNo: found.caseNo,
    matter: matter.name,
    status: { code: found.status, text: CASE_WORDS[found.status] },
    submittedAt: iso(found.submittedAt),
    ...instants(found, ['promisedAt', 'endedAt']),
    steps: shown.map((step: StepRow) => ({
      name: stepName(matter, step.stepId),
      agency: agencyName(agencies, step.agency).name,
      ...STEP_WORDS[step.status],
    })),
  };
};
