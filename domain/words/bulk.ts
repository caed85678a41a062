import type { Text } from '../matter/schema.ts';
import type { BulkStatus, ItemState } from '../supervision/bulk.ts';

/** Statuses of a bulk act (批量办理). */
export const BULK_STATUS_WORDS = {
  draft: { zh: '草稿', en: 'Draft' },
  'awaiting-second': { zh: '待复核', en: 'Waiting for a second person' },
  running: { zh: '办理中', en: 'Running' },
  paused: { zh: '已暂停', en: 'Paused' },
  stopped: { zh: '已停止', en: 'Stopped' },
  done: { zh: '已完成', en: 'Done' },
} as const satisfies Record<BulkStatus, Text>;

/** The outcome of one item of a bulk act. */
export const BULK_ITEM_WORDS = {
  pending: { zh: '待办', en: 'Pending' },
  'left-out': { zh: '不办理', en: 'Left out' },
  sent: { zh: '已发出', en: 'Sent' },
  applied: { zh: '已生效', en: 'Applied' },
  refused: { zh: '未生效', en: 'Refused' },
  stopped: { zh: '已停止', en: 'Stopped' },
} as const satisfies Record<ItemState, Text>;
