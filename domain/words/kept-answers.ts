import type { Text } from '../matter/schema.ts';

/** The state of an answer of an agency that is kept beside the record (待核答复). */
export const KEPT_ANSWER_WORDS = {
  held: { zh: '提前到达，待生效', en: 'Early: counts when the step is sent' },
  open: { zh: '待核', en: 'To be reviewed' },
  adopted: { zh: '已采纳', en: 'Adopted' },
  dismissed: { zh: '未采纳', en: 'Dismissed' },
} as const satisfies Record<string, Text>;

/** The way by which an answer came. */
export const ANSWER_SOURCE_WORDS = {
  reply: { zh: '即时答复', en: 'Reply to our request' },
  callback: { zh: '回调', en: 'Callback' },
  enquiry: { zh: '查询', en: 'Enquiry' },
} as const satisfies Record<string, Text>;
