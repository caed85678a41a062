import type { Text } from '../matter/schema.ts';
import type { DayUnit, Procedure } from '../case/messages.ts';

/** Special procedures (特别程序, 行政许可法 art. 45); `other` is a reason of a supervisor. */
export const PROCEDURE_WORDS = {
  hearing: { zh: '听证', en: 'Hearing' },
  tender: { zh: '招标', en: 'Tender' },
  auction: { zh: '拍卖', en: 'Auction' },
  inspection: { zh: '检验', en: 'Inspection' },
  testing: { zh: '检测', en: 'Testing' },
  quarantine: { zh: '检疫', en: 'Quarantine' },
  appraisal: { zh: '鉴定', en: 'Appraisal' },
  'expert-review': { zh: '专家评审', en: 'Expert review' },
  'public-notice': { zh: '公示', en: 'Public notice' },
  'letter-inquiry': { zh: '函调', en: 'Inquiry by letter' },
  'kinship-test': { zh: '亲子鉴定', en: 'Kinship test' },
  other: { zh: '中止办理', en: 'Suspension' },
} as const satisfies Record<Procedure, Text>;

/** The units of the expected length of a procedure, after a number. */
export const DAY_UNIT_WORDS = {
  'working-days': { zh: '个工作日', en: 'working days' },
  'calendar-days': { zh: '日（自然日）', en: 'calendar days' },
} as const satisfies Record<DayUnit, Text>;
