import type { Text } from '../matter/schema.ts';
import type { OrderGround, OrderStatus } from '../supervision/orders.ts';

export const ORDER_STATUS_WORDS = {
  open: { zh: '待答复', en: 'Open' },
  contested: { zh: '申辩中', en: 'Contested' },
  answered: { zh: '已答复', en: 'Answered' },
  closed: { zh: '已办结', en: 'Closed' },
  lifted: { zh: '已撤销', en: 'Lifted' },
} as const satisfies Record<OrderStatus, Text>;

/** Why a supervision order (督办单) was given. */
export const ORDER_GROUND_WORDS = {
  yellow: { zh: '预警（规则）', en: 'Yellow light (rule)' },
  red: { zh: '超期（规则）', en: 'Red light (rule)' },
  hand: { zh: '人工', en: 'Given by a supervisor' },
} as const satisfies Record<OrderGround, Text>;
