import type { Text } from '../matter/schema.ts';
import type { StepAction } from '../case/status.ts';
import type { BulkVerb } from '../supervision/bulk.ts';
import type { OrderAction } from '../supervision/orders.ts';

/** What can be done with a case. */
export const CASE_ACTION_WORDS = {
  withdraw: { zh: '撤回', en: 'Withdraw' },
  'request-supplement': { zh: '要求补正', en: 'Request a supplement' },
  'fill-gap': { zh: '补交容缺材料', en: 'Hand in a pledged material' },
  correct: { zh: '更正信息', en: 'Correct values' },
  terminate: { zh: '终止办理', en: 'Terminate' },
} as const satisfies Record<string, Text>;

/** What can be done with a step; `order`: a supervision order (督办单) about it. */
export const STEP_ACTION_WORDS = {
  decide: { zh: '作出办理结果', en: 'Decide' },
  'answer-supplement': { zh: '提交补正', en: 'Answer the supplement' },
  resend: { zh: '重新发送', en: 'Send again' },
  urge: { zh: '催办', en: 'Urge' },
  extend: { zh: '延长期限', en: 'Extend the limit' },
  suspend: { zh: '暂停计时', en: 'Suspend' },
  resume: { zh: '恢复计时', en: 'Resume' },
  reassign: { zh: '转派', en: 'Reassign' },
  redo: { zh: '重办', en: 'Start again' },
  keep: { zh: '保留原结果', en: 'Keep the result' },
  confirm: { zh: '凭原件确认', en: 'Confirm by papers' },
  'settle-undo': { zh: '确认撤销结果', en: 'Confirm the result of the undo' },
  'retry-undo': { zh: '再次要求撤销', en: 'Request the undo again' },
  order: { zh: '督办', en: 'Give a supervision order' },
} as const satisfies Record<StepAction | 'order', Text>;

/** What can be done with a supervision order. */
export const ORDER_ACTION_WORDS = {
  answer: { zh: '答复', en: 'Answer' },
  contest: { zh: '申辩', en: 'Contest' },
  close: { zh: '办结', en: 'Close' },
  return: { zh: '退回重新答复', en: 'Return as insufficient' },
  uphold: { zh: '申辩成立', en: 'Uphold the objection' },
  reject: { zh: '申辩不成立', en: 'Reject the objection' },
  circulate: { zh: '通报', en: 'Circulate' },
  lift: { zh: '撤销', en: 'Lift' },
} as const satisfies Record<OrderAction, Text>;

/** What happened to a supervision order. */
export const ORDER_EVENT_WORDS = {
  open: { zh: '下发', en: 'Issue' },
  ...ORDER_ACTION_WORDS,
} as const satisfies Record<OrderAction | 'open', Text>;

/** What can be done with a bulk act (批量办理). */
export const BULK_VERB_WORDS = {
  start: { zh: '开始', en: 'Start' },
  confirm: { zh: '复核确认', en: 'Confirm' },
  pause: { zh: '暂停', en: 'Pause' },
  resume: { zh: '继续', en: 'Continue' },
  stop: { zh: '停止', en: 'Stop' },
} as const satisfies Record<BulkVerb, Text>;

/** What can be done with an answer of an agency that did not count (待核答复). */
export const VERDICT_WORDS = {
  adopt: { zh: '采纳', en: 'Adopt' },
  dismiss: { zh: '不采纳', en: 'Dismiss' },
} as const satisfies Record<'adopt' | 'dismiss', Text>;
