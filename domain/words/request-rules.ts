import type { PledgeRule } from '../form/pledge.ts';
import type { Text } from '../matter/schema.ts';
import type { LetterRule } from '../office/letter.ts';
import { MOST_REPORT_DAYS, type ReportPeriodRule } from '../reports/period.ts';
import type { AbsenceRule } from '../worklist/absences.ts';

/** What is wrong with one place of a request, by the rule that it breaks. */
export const REQUEST_RULE_WORDS = {
  'case-no': { zh: '应为办件编号（20 位数字）', en: 'Must be a case number of 20 digits' },
  'unknown-agency': { zh: '没有这个部门', en: 'There is no such agency' },
  'agency-elsewhere': { zh: '该部门不负责此行政区划', en: 'The agency does not serve the division of the step' },
  'unknown-field': { zh: '表单中没有这一项', en: 'The form has no such field' },
  'unknown-material': { zh: '该事项没有这项材料', en: 'The matter has no such material' },
  'unknown-officer': { zh: '承办部门没有这名经办人', en: 'The agency of the step has no such officer' },
} as const satisfies Record<string, Text>;

export const LETTER_RULE_WORDS = {
  'letter-needed': {
    zh: '承办地尚无对接单位，请填写复函的文号和日期',
    en: 'No office serves the division that decides this step: give number and date of the letter that answered',
  },
  'letter-not-needed': {
    zh: '承办地已有对接单位，由其办理，不以复函办理',
    en: 'An office serves the division that decides this step, so no letter decides it',
  },
  'letter-in-the-future': { zh: '复函日期晚于今天', en: 'The date of the letter is in the future' },
} as const satisfies Record<LetterRule, Text>;

export const PLEDGE_RULE_WORDS = {
  'may-not-follow': { zh: '该材料不可容缺', en: 'This material cannot be handed in later' },
  'in-the-past': { zh: '承诺日期已过', en: 'The date is in the past' },
} as const satisfies Record<PledgeRule, Text>;

export const ABSENCE_RULE_WORDS = {
  required: { zh: '请填写请假人员', en: 'Name the officer who is absent' },
  past: { zh: '结束时间已过', en: 'The end is in the past' },
  'not-a-member': { zh: '请假人员不在该组', en: 'The absent officer is not in this group' },
  'not-a-colleague': {
    zh: '代班人员应为该组的其他成员',
    en: 'The covering officer must be another member of this group',
  },
  'unknown-officer': { zh: '您的区域内该部门没有这名人员', en: 'The agency has no such officer in your division' },
} as const satisfies Record<AbsenceRule, Text>;

export const REPORT_PERIOD_RULE_WORDS = {
  'in-order': { zh: '起始日期不能晚于截止日期', en: 'The first day must not be later than the last day' },
  'too-long': { zh: `最多 ${MOST_REPORT_DAYS} 天`, en: `At most ${MOST_REPORT_DAYS} days` },
} as const satisfies Record<ReportPeriodRule, Text>;
