import type { Text } from '../matter/schema.ts';
import type { ClosingEffect } from '../case/closing.ts';
import type { ChangeEffect } from '../case/preview.ts';

/** What an answer or a correction does to a step. */
export const CHANGE_EFFECT_WORDS = {
  'sent-again': { zh: '重新发送部门', en: 'Sent again' },
  starts: { zh: '开始办理', en: 'Starts' },
  'to-person': { zh: '结果存疑，转人工决定', en: 'The result stands until a person decides' },
  'sent-later': { zh: '轮到时按新内容发送', en: 'Sent later with the new values' },
  none: { zh: '已结束，不受影响', en: 'Ended: not affected' },
} as const satisfies Record<ChangeEffect, Text>;

/** What a withdrawal or a termination does to a step. */
export const CLOSING_EFFECT_WORDS = {
  ended: { zh: '已结束，不受影响', en: 'Ended: not affected' },
  'not-started': { zh: '尚未开始，不再办理', en: 'Not started: will not start' },
  stopped: { zh: '停止办理，并告知部门', en: 'Stopped: the agency is notified' },
  undone: { zh: '撤销', en: 'Undone' },
  'to-person': { zh: '由人工决定是否撤销，结果可能保留', en: 'A person decides: the result may stand' },
  stands: { zh: '不可撤销，结果有效', en: 'Cannot be undone: the result stands' },
} as const satisfies Record<ClosingEffect, Text>;

/** The outcome of a step of a case that was withdrawn. */
export const WITHDRAWAL_OUTCOME_WORDS = {
  ...CLOSING_EFFECT_WORDS,
  'being-undone': { zh: '正在撤销', en: 'Being undone' },
} as const satisfies Record<ClosingEffect | 'being-undone', Text>;
