import type { PAUSE_REASONS } from '../deadlines/explain-clock.ts';
import type { PARTIES } from '../reports/time-ledger.ts';
import type { Text } from '../matter/schema.ts';

/** Why a clock was paused. */
export const PAUSE_WORDS = {
  gathering: { zh: '汇总补正', en: 'Collecting requests for a supplement' },
  supplement: { zh: '申请人补正', en: 'Supplement by the applicant' },
  'special-procedure': { zh: '特别程序', en: 'Special procedure' },
  suspension: { zh: '中止', en: 'Suspension' },
  gap: { zh: '容缺待补', en: 'Pledged material' },
  payment: { zh: '待缴费', en: 'Payment' },
  delivery: { zh: '寄递', en: 'Delivery' },
  address: { zh: '待改地址', en: 'Address to be corrected' },
  outage: { zh: '部门系统故障', en: 'Outage of the agency' },
  outside: { zh: '不计入承诺的环节', en: 'Step outside the promise' },
  'kept-back': { zh: '等候材料', en: 'Waiting for a material' },
  'case-ended': { zh: '已办结，后重新办理', en: 'The case had ended and was reopened' },
} as const satisfies Record<(typeof PAUSE_REASONS)[number], Text>;

/** The party that held a case or step. */
export const PARTY_WORDS = {
  agency: { zh: '部门', en: 'Agency' },
  applicant: { zh: '申请人', en: 'Applicant' },
  courier: { zh: '寄递', en: 'Courier' },
  outage: { zh: '系统故障', en: 'Outage' },
  procedure: { zh: '特别程序', en: 'Special procedure' },
  system: { zh: '本系统', en: 'Our system' },
} as const satisfies Record<(typeof PARTIES)[number], Text>;
