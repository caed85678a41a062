import type { Text } from '../matter/schema.ts';

/** The tables that can be exported. */
export const EXPORT_SUBJECT_WORDS = {
  cases: { zh: '办件', en: 'Cases' },
  stalls: { zh: '停滞', en: 'Stalls' },
  'supervision-orders': { zh: '督办单', en: 'Supervision orders' },
  'daily-reports': { zh: '日报', en: 'Daily reports' },
} as const satisfies Record<string, Text>;

/** The lines above and below the table of an export. */
export const EXPORT_LINE_WORDS = {
  subject: { zh: '清单', en: 'List' },
  filter: { zh: '筛选条件', en: 'Filter' },
  region: { zh: '权限范围', en: 'Division' },
  cutOff: { zh: '截止时间', en: 'As of' },
  persons: { zh: '个人信息', en: 'Personal data' },
  mostRows: { zh: '行数上限', en: 'Most rows' },
  id: { zh: '导出编号', en: 'Export number' },
  by: { zh: '导出人', en: 'Taken by' },
  rows: { zh: '合计行数', en: 'Rows' },
} as const satisfies Record<string, Text>;

/** Values in these lines. */
export const EXPORT_VALUES = {
  all: { zh: '全部', en: 'all' },
  masked: { zh: '姓名、证件号码已脱敏', en: 'names and ID numbers masked' },
  absent: { zh: '不含姓名、证件号码', en: 'without names and ID numbers' },
  cut: { zh: '（已达上限，未列全）', en: ' (the most: there may be others)' },
} as const satisfies Record<string, Text>;

/** The heads of the columns. */
export const EXPORT_COLUMN_WORDS = {
  caseNo: { zh: '办件编号', en: 'Case number' },
  matter: { zh: '事项', en: 'Matter' },
  region: { zh: '办理地', en: 'Division' },
  channel: { zh: '渠道', en: 'Channel' },
  status: { zh: '状态', en: 'Status' },
  light: { zh: '灯', en: 'Light' },
  submitted: { zh: '提交时间', en: 'Submitted' },
  accepted: { zh: '受理时间', en: 'Accepted' },
  promised: { zh: '承诺时限', en: 'Promised' },
  ended: { zh: '办结时间', en: 'Ended' },
  name: { zh: '当事人', en: 'Person' },
  idNo: { zh: '证件号码', en: 'ID number' },
  step: { zh: '环节', en: 'Step' },
  agency: { zh: '部门', en: 'Agency' },
  cause: { zh: '停滞原因', en: 'Cause' },
  since: { zh: '起始时间', en: 'Since' },
  attempts: { zh: '重试次数', en: 'Attempts' },
  orderNo: { zh: '督办单编号', en: 'Order number' },
  ground: { zh: '督办依据', en: 'Ground' },
  opened: { zh: '发出时间', en: 'Given' },
  due: { zh: '答复期限', en: 'Reply due' },
  replied: { zh: '答复时间', en: 'Replied' },
  circulated: { zh: '通报时间', en: 'In a circular since' },
  day: { zh: '日期', en: 'Day' },
  cameIn: { zh: '收件数', en: 'Received' },
  endedCount: { zh: '办结数', en: 'Ended' },
  granted: { zh: '准予数', en: 'Granted' },
  onTime: { zh: '按时办结数', en: 'On time' },
  open: { zh: '在办数', en: 'Open' },
  late: { zh: '超期数', en: 'Late' },
} as const satisfies Record<string, Text>;
