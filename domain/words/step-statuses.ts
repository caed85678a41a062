import type { Text } from '../matter/schema.ts';
import type { StepStatus } from '../case/status.ts';

/** The official terms (docs/glossary.md), for staff, exports and papers. */
export const STEP_STATUS_WORDS = {
  waiting: { zh: '待前置', en: 'Waiting for other steps' },
  ready: { zh: '待发送', en: 'Ready' },
  submitted: { zh: '已发送', en: 'Sent' },
  accepted: { zh: '办理中', en: 'In progress' },
  supplement: { zh: '待补正', en: 'Waiting for a supplement' },
  suspended: { zh: '特别程序', en: 'Suspended' },
  attention: { zh: '待人工处理', en: 'Needs attention' },
  undoing: { zh: '撤销处理中', en: 'Being undone' },
  done: { zh: '已办结', en: 'Done' },
  refused: { zh: '不予通过', en: 'Refused' },
  lapsed: { zh: '逾期未办', en: 'Lapsed' },
  skipped: { zh: '免办', en: 'Not applicable' },
  blocked: { zh: '前置未通过', en: 'Blocked' },
  stopped: { zh: '已停办', en: 'Stopped' },
  undone: { zh: '已撤销', en: 'Undone' },
} as const satisfies Record<StepStatus, Text>;

/** What happens now in a step, and whether the applicant has to do something, in plain words. */
export const STEP_STATUS_FOR_APPLICANT = {
  waiting: { zh: '等待前面的环节办结', en: 'Waiting for an earlier step' },
  ready: { zh: '排队中', en: 'Queued' },
  submitted: { zh: '正在送交办理部门', en: 'Being sent to the responsible office' },
  accepted: { zh: '部门正在办理', en: 'The office is processing it' },
  supplement: {
    zh: '请您补正，补正内容见上方',
    en: 'Something is missing. See the list above',
  },
  suspended: { zh: '特别程序进行中', en: 'A special procedure is in progress' },
  attention: { zh: '工作人员正在处理', en: 'Our staff are handling it' },
  undoing: { zh: '正在撤销', en: 'Being undone' },
  done: { zh: '已办结', en: 'Done' },
  refused: { zh: '不予通过，理由详见决定书', en: 'Refused. The decision letter gives the reason' },
  lapsed: { zh: '逾期未办，不再办理', en: 'Ended because it was not done in time' },
  skipped: { zh: '无需办理', en: 'Not needed' },
  blocked: { zh: '因前面的环节未通过，不再办理', en: 'Stopped because an earlier step was not granted' },
  stopped: { zh: '已停止办理', en: 'Stopped' },
  undone: { zh: '已撤销', en: 'Undone' },
} as const satisfies Record<StepStatus, Text>;

/** How far a step is, as the applicant's page shows it; `yours`: the applicant has to act. */
export const APPLICANT_STATES = ['todo', 'running', 'yours', 'done', 'ended'] as const;
export type ApplicantState = (typeof APPLICANT_STATES)[number];

export const APPLICANT_STATE_WORDS = {
  todo: { zh: '未开始', en: 'Not started' },
  running: { zh: '办理中', en: 'In progress' },
  yours: { zh: '待您办理', en: 'Your action is needed' },
  done: { zh: '已办结', en: 'Done' },
  ended: { zh: '已终止', en: 'Ended' },
} as const satisfies Record<ApplicantState, Text>;

/** The state of a step on the applicant's page, by its status. */
export const APPLICANT_STATE_OF_STEP = {
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
  lapsed: 'ended',
  skipped: 'ended',
  blocked: 'ended',
  stopped: 'ended',
  undone: 'ended',
} as const satisfies Record<StepStatus, ApplicantState>;
