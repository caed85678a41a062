import type { Text } from '../matter/schema.ts';
import type { CaseStatus, Closing } from '../case/status.ts';

/** The official terms (docs/glossary.md), for staff, exports and papers. */
export const CASE_STATUS_WORDS = {
  submitted: { zh: '已提交', en: 'Submitted' },
  accepted: { zh: '已受理', en: 'Accepted' },
  completed: { zh: '办结', en: 'Completed' },
  'partially-completed': { zh: '部分办结', en: 'Partially completed' },
  refused: { zh: '不予批准', en: 'Refused' },
  lapsed: { zh: '逾期终止', en: 'Lapsed' },
  'not-accepted': { zh: '不予受理', en: 'Not accepted' },
  returned: { zh: '退件', en: 'Returned' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
} as const satisfies Record<CaseStatus, Text>;

/** The same for an applicant, who does not know the official terms. */
export const CASE_STATUS_FOR_APPLICANT = {
  submitted: { zh: '已收到您的申请', en: 'We have received your application' },
  accepted: { zh: '正在办理', en: 'In progress' },
  completed: { zh: '已全部办结', en: 'Completed' },
  'partially-completed': { zh: '已部分办结', en: 'Partly completed' },
  refused: { zh: '未予批准', en: 'Refused' },
  lapsed: { zh: '因逾期未办，已终止办理', en: 'Ended because something was not done in time' },
  'not-accepted': { zh: '未予受理', en: 'Not accepted' },
  returned: { zh: '已退回', en: 'Returned to you' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
} as const satisfies Record<CaseStatus, Text>;

/** Why an open case is being closed before its steps have ended. */
export const CLOSING_WORDS = {
  withdrawal: { zh: '撤回', en: 'Withdrawal' },
  return: { zh: '退件', en: 'Return' },
  termination: { zh: '终止办理', en: 'Termination' },
} as const satisfies Record<Closing, Text>;
