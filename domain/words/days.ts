import type { ExplainedDay, Unit } from '../deadlines/explain-limit.ts';
import type { Text } from '../matter/schema.ts';

/** What a day is for a limit that runs over it. */
export const DAY_WORDS = {
  'start-day': { zh: '起算当日，不计', en: 'First day, not counted' },
  'working-day': { zh: '工作日', en: 'Working day' },
  weekend: { zh: '周末', en: 'Weekend' },
  holiday: { zh: '节假日', en: 'Holiday' },
  'make-up-day': { zh: '调休上班', en: 'Make-up working day' },
  'half-day': { zh: '半天', en: 'Half day' },
} as const satisfies Record<ExplainedDay['kind'], Text>;

/** Units of a limit, to be set behind a number. A limit in months is counted in calendar days. */
export const UNIT_WORDS = {
  'working-day': { zh: '个工作日', en: ' working days' },
  'working-minute': { zh: '分钟（窗口时间）', en: ' minutes of window hours' },
  'calendar-day': { zh: '个自然日', en: ' calendar days' },
  month: { zh: '个月', en: ' months' },
  second: { zh: '秒', en: ' seconds' },
} as const satisfies Record<Unit | 'month', Text>;
