import type { CaseStatus } from '../../matters/engine/status.ts';
import type { Light } from '../../matters/clock/light.ts';
import type { Text } from '../../matters/definition/schema.ts';
import type { OrderGround, OrderStatus } from '../../matters/supervision/supervision.ts';
import type { WaitingCause } from '../../matters/waiting/causes.ts';

/** The terms of docs/glossary.md as files that are passed on show them. */

export const STATUS: Record<CaseStatus, Text> = {
  submitted: { zh: '已提交', en: 'submitted' },
  accepted: { zh: '已受理', en: 'accepted' },
  completed: { zh: '办结', en: 'completed' },
  'partially-completed': { zh: '部分办结', en: 'partially completed' },
  refused: { zh: '不予批准', en: 'refused' },
  'not-accepted': { zh: '不予受理', en: 'not accepted' },
  returned: { zh: '退件', en: 'returned' },
  withdrawn: { zh: '已撤回', en: 'withdrawn' },
};

export const LIGHT: Record<Light, Text> = {
  green: { zh: '正常', en: 'green' },
  yellow: { zh: '预警', en: 'yellow' },
  red: { zh: '超期', en: 'red' },
  'deep-red': { zh: '超法定', en: 'deep red' },
  grey: { zh: '停表', en: 'grey' },
};

export const CHANNEL: Record<'window' | 'online' | 'kiosk', Text> = {
  window: { zh: '窗口', en: 'window' },
  online: { zh: '网上', en: 'online' },
  kiosk: { zh: '自助', en: 'kiosk' },
};

export const CAUSE: Record<WaitingCause, Text> = {
  'agency-unreachable': { zh: '部门系统不通', en: 'agency unreachable' },
  'agency-rejected': { zh: '部门系统拒收', en: 'agency rejected it' },
  'agency-silent': { zh: '部门无回应', en: 'agency silent' },
  'officer-idle': { zh: '经办人未办', en: 'officer idle' },
  applicant: { zh: '等申请人', en: 'applicant' },
  payment: { zh: '待缴费', en: 'payment' },
  courier: { zh: '寄递', en: 'courier' },
  upstream: { zh: '等前置环节', en: 'other steps' },
  system: { zh: '系统原因', en: 'our own machinery' },
};

export const ORDER_STATUS: Record<OrderStatus, Text> = {
  open: { zh: '待答复', en: 'open' },
  contested: { zh: '申辩中', en: 'contested' },
  answered: { zh: '已答复', en: 'answered' },
  closed: { zh: '已办结', en: 'closed' },
  lifted: { zh: '已撤销', en: 'lifted' },
};

export const GROUND: Record<OrderGround, Text> = {
  yellow: { zh: '预警（规则）', en: 'yellow, by rule' },
  red: { zh: '超期（规则）', en: 'red, by rule' },
  hand: { zh: '人工', en: 'by hand' },
};
