import type { Text } from '../matter/schema.ts';
import type { StepKind, UndoClass } from '../case/plan.ts';

export const STEP_KIND_WORDS = {
  verify: { zh: '数据共享核验', en: 'Data check' },
  review: { zh: '受理审查', en: 'Intake review' },
  approve: { zh: '审批', en: 'Approval' },
  instant: { zh: '智能秒办', en: 'Instant approval' },
  register: { zh: '登记', en: 'Registration' },
  issue: { zh: '制证', en: 'Issue of a certificate' },
  pay: { zh: '缴税费', en: 'Payment' },
  deliver: { zh: '寄递', en: 'Delivery' },
  notify: { zh: '告知', en: 'Notice to the applicant' },
  consult: { zh: '会商（核实）', en: 'Consultation' },
} as const satisfies Record<StepKind, Text>;

/** How a step is taken back. */
export const UNDO_CLASS_WORDS = {
  none: { zh: '不可撤', en: 'Cannot be undone' },
  void: { zh: '作废', en: 'Made void' },
  withdraw: { zh: '撤回', en: 'Withdrawn' },
  refund: { zh: '退税（退费）', en: 'Refunded' },
  restore: { zh: '恢复', en: 'Restored' },
  correct: { zh: '更正（变更）', en: 'Corrected' },
  revoke: { zh: '依法撤销', en: 'Revoked' },
  stop: { zh: '停止（停保、停发）', en: 'Stopped' },
} as const satisfies Record<UndoClass, Text>;
