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

/** The same for an applicant: the terms of the law for acts of the law, and what happens next. */
export const CASE_STATUS_FOR_APPLICANT = {
  submitted: { zh: '已收件，等待受理', en: 'Received, waiting for acceptance' },
  accepted: { zh: '已受理，正在办理', en: 'Accepted, in progress' },
  completed: { zh: '已办结', en: 'Completed' },
  'partially-completed': { zh: '部分办结', en: 'Partly completed' },
  refused: { zh: '不予办理', en: 'Refused' },
  lapsed: { zh: '因逾期未办，已终止办理', en: 'Ended because something was not done in time' },
  'not-accepted': { zh: '不予受理', en: 'Not accepted' },
  returned: { zh: '已退件（逾期未补正）', en: 'Returned: the missing documents did not come in time' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
} as const satisfies Record<CaseStatus, Text>;

/** Why an open case is being closed before its steps have ended. */
export const CLOSING_WORDS = {
  withdrawal: { zh: '撤回', en: 'Withdrawal' },
  return: { zh: '退件', en: 'Return' },
  termination: { zh: '终止办理', en: 'Termination' },
} as const satisfies Record<Closing, Text>;
