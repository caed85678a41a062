import type { Text } from '../matter/schema.ts';
import type { Loss, MassLoss } from '../supervision/lost-runs.ts';

/** Why the workflow of a case cannot continue it. */
export const LOSS_WORDS = {
  missing: { zh: '流程实例不存在', en: 'The workflow is missing in Temporal' },
  reset: { zh: '流程实例已被重置', en: 'The workflow was reset in Temporal' },
  behind: { zh: '流程落后于办理留痕', en: 'The workflow is behind the ledger' },
  ahead: { zh: '办理留痕缺少流程已有的记录', en: 'The ledger lacks entries that the workflow has' },
  unwritten: { zh: '流程最后的记录尚未写入', en: 'The last entries of the workflow are not written' },
  asked: { zh: '人工要求继续', en: 'A supervisor had it resumed' },
} as const satisfies Record<Loss, Text>;

/** Why lost cases do not resume by themselves. */
export const MASS_LOSS_WORDS = {
  many: { zh: '同时丢失五个以上流程实例', en: 'Five or more workflows are lost at the same time' },
  namespace: { zh: 'Temporal 命名空间已更换', en: 'Temporal has another namespace than was recorded' },
  ledger: { zh: '数据库比 Temporal 旧', en: 'Postgres is older than Temporal' },
} as const satisfies Record<MassLoss, Text>;
