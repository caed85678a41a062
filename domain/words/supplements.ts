import type { Text } from '../matter/schema.ts';
import type { Notice } from '../case/state.ts';

/** The status of a notice of supplement (补正告知书). */
export const NOTICE_STATUS_WORDS = {
  gathering: { zh: '汇总中', en: 'Being collected' },
  open: { zh: '待补正', en: 'Waiting for the applicant' },
  answered: { zh: '已补正', en: 'Answered' },
  lapsed: { zh: '逾期未补正', en: 'Not answered in time' },
} as const satisfies Record<Notice['status'], Text>;
