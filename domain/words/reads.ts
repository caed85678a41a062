import type { Text } from '../matter/schema.ts';
import type { ReadKind, ReadPurpose } from '../reads.ts';

/** Which personal values were read. */
export const READ_KIND_WORDS = {
  form: { zh: '本环节的申请表内容和材料', en: 'The fields and materials of the step' },
  draft: { zh: '办理草稿', en: 'The draft of a decision' },
  words: { zh: '办件中的理由、结果和补正内容', en: 'The reasons, results and requests in the case' },
  answer: { zh: '待核答复的内容', en: 'The content of an answer that did not count' },
  order: { zh: '督办单往来内容', en: 'The texts of a supervision order' },
  hit: { zh: '查找命中本办件', en: 'A search found the case' },
  duplicate: { zh: '查重命中本办件', en: 'A new case was found to duplicate the case' },
  persons: { zh: '姓名和证件号码（已脱敏）', en: 'The masked name and ID number' },
} as const satisfies Record<ReadKind, Text>;

/** For what they were read. */
export const READ_PURPOSE_WORDS = {
  task: { zh: '办理环节', en: 'Handling the task' },
  case: { zh: '查看办件', en: 'Viewing the case' },
  withdrawal: { zh: '出具撤回申请确认书', en: 'Confirming the withdrawal' },
  review: { zh: '核对答复', en: 'Reviewing an answer' },
  supervision: { zh: '督办', en: 'Supervision' },
  search: { zh: '查找办件', en: 'Searching for a case' },
  'duplicate-check': { zh: '申请查重', en: 'Checking for duplicates' },
  export: { zh: '导出清单', en: 'Exporting a list' },
} as const satisfies Record<ReadPurpose, Text>;
