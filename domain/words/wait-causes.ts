import type { Text } from '../matter/schema.ts';
import type { DueKind } from '../case/dues.ts';
import type { DeferralCause } from '../case/ledger.ts';
import type { Fault, NextAction, Turn, WaitDetail, WaitingCause } from '../waiting/causes.ts';
import { ATTENTION_WORDS } from './attention.ts';

/** Why a case or step waits (停滞原因). */
export const WAIT_CAUSE_WORDS = {
  'agency-unreachable': { zh: '部门系统不通', en: 'Agency unreachable' },
  'agency-disabled': { zh: '部门已停用', en: 'Agency disabled' },
  'agency-unregistered': { zh: '部门未登记', en: 'Agency not registered' },
  'no-office': { zh: '无承办单位', en: 'No office for the division' },
  'agency-rejected': { zh: '部门系统拒收', en: 'Rejected by the agency' },
  'agency-working': { zh: '部门办理中', en: 'With the agency' },
  'agency-silent': { zh: '部门未反馈', en: 'No answer from the agency' },
  'special-procedure': { zh: '特别程序', en: 'Special procedure' },
  'officer-idle': { zh: '经办人员未及时办理', en: 'Waiting for an officer' },
  applicant: { zh: '等申请人', en: 'Waiting for the applicant' },
  payment: { zh: '待缴费', en: 'Waiting for payment' },
  courier: { zh: '寄递', en: 'Waiting for delivery' },
  upstream: { zh: '等前置环节', en: 'Waiting for other steps' },
  system: { zh: '平台原因', en: 'Our own system' },
} as const satisfies Record<WaitingCause, Text>;

/** What is wrong with our own system, as far as the watcher can tell. */
const FAULT_WORDS = {
  WORKERS_UNAVAILABLE: { zh: '没有工作进程在运行', en: 'No worker is running' },
  TEMPORAL_UNAVAILABLE: { zh: 'Temporal 服务不可用', en: 'Temporal is unavailable' },
  QUEUE_UNSERVED: { zh: '任务队列无人处理', en: 'No worker serves the task queue' },
  WORKFLOW_MISSING: { zh: '流程实例不存在', en: 'The workflow is missing in Temporal' },
  WORKFLOW_RESET: { zh: '流程实例已被重置', en: 'The workflow was reset in Temporal' },
  WORKFLOW_BEHIND: { zh: '流程实例落后于办理留痕', en: 'The workflow is behind the ledger' },
  LEDGER_SHORT: { zh: '办理留痕缺少已写入的记录', en: 'The ledger lacks entries that were written' },
  CASE_MISSING: { zh: '流程实例没有对应的办件', en: 'A workflow has no case in Postgres' },
  WORKFLOWS_LOST: {
    zh: '多个办件的流程实例丢失，待人工确认',
    en: 'Many workflows are lost: a supervisor must confirm',
  },
  NAMESPACE_CHANGED: {
    zh: 'Temporal 命名空间已更换，待人工确认',
    en: 'Temporal has another namespace: a supervisor must confirm',
  },
  LEDGERS_SHORT: {
    zh: '数据库比 Temporal 旧，待人工确认',
    en: 'Postgres is older than Temporal: a supervisor must confirm',
  },
  WORKFLOW_TASK_FAILING: { zh: '流程任务反复失败', en: 'The workflow task fails repeatedly' },
  HISTORY_MISMATCH: { zh: '流程代码与历史不一致', en: 'The code does not match the history of the workflow' },
  PAYLOAD_UNREADABLE: { zh: '流程数据无法读取', en: 'The data of the workflow cannot be read' },
  PROJECTION_FAILING: { zh: '办理留痕无法写入', en: 'The ledger or the step rows cannot be written' },
  ACTIVITY_FAILING: { zh: '发送前在本系统失败', en: 'Sending fails in our system, before it reaches the agency' },
  NOT_PICKED_UP: { zh: '发送任务无人领取', en: 'No worker has picked up the sending task' },
} as const satisfies Record<Fault, Text>;

/** The precise reason of a wait. */
export const WAIT_DETAIL_WORDS = {
  OTHER_STEPS: { zh: '等待其他环节', en: 'Waiting for other steps' },
  STARTING: { zh: '正在启动办理', en: 'The case is being started' },
  SENDING: { zh: '正在发送', en: 'Being sent' },
  RATE_CAPPED: { zh: '按部门限流排队', en: 'Queued because of the limits of the agency' },
  GATHERING: { zh: '正在汇总补正内容', en: 'Requests for a supplement are being collected' },
  UNANSWERED: { zh: '部门系统未应答', en: 'The agency did not answer the last attempt' },
  OUTAGE: { zh: '部门系统故障', en: 'The agency has an outage' },
  DISABLED: { zh: '部门已停用，暂不发送', en: 'The agency is disabled: nothing is sent to it' },
  UNREGISTERED: { zh: '部门未登记，无法发送', en: 'The agency is not registered: nothing can be sent to it' },
  NO_OFFICE: {
    zh: '承办地尚无对接单位，请发函并登记复函，或登记对接单位',
    en: 'No office serves the division that decides: ask by letter and record the answer, or register an office',
  },
  DECISION: { zh: '等待办理结果', en: 'Waiting for a decision' },
  PROCEDURE: { zh: '特别程序', en: 'A special procedure is in progress' },
  SUSPENSION: { zh: '中止', en: 'Suspended by a supervisor' },
  SUPPLEMENT: { zh: '等待补正', en: 'Waiting for a supplement' },
  GAP: { zh: '容缺材料待补', en: 'Waiting for a pledged material' },
  PLEDGE: { zh: '容缺承诺已到期', en: 'The pledge has expired' },
  PAYMENT: { zh: '等待缴费', en: 'Waiting for payment' },
  DELIVERY: { zh: '寄递中', en: 'In delivery' },
  NOT_STARTED: { zh: '流程未启动', en: 'The case has not been started' },
  NOT_BEGUN: { zh: '流程已启动，尚无办理记录', en: 'The case was started and has not recorded anything' },
  MESSAGE_WAITING: { zh: '消息未送达办件', en: 'A message has not reached the case' },
  MESSAGE_CONFLICT: { zh: '系统消息的编号已被占用', en: 'A message of the system has the id of a different one' },
  REVIEW_QUEUE_FULL: { zh: '待核答复已满，新答复未保存', en: 'The review queue of the step is full' },
  OVERDUE: { zh: '到期事项未处理', en: 'A scheduled action is overdue' },
  ...ATTENTION_WORDS,
  ...FAULT_WORDS,
} as const satisfies Record<WaitDetail, Text>;

/** The party that has to act; `nobody`: it has ended. */
export const TURN_WORDS = {
  applicant: { zh: '申请人', en: 'Applicant' },
  agency: { zh: '部门', en: 'Agency' },
  officer: { zh: '工作人员', en: 'Officer' },
  courier: { zh: '寄递', en: 'Courier' },
  upstream: { zh: '前置环节', en: 'Other steps' },
  system: { zh: '本系统', en: 'Our system' },
  nobody: { zh: '无', en: 'None' },
} as const satisfies Record<Turn | 'nobody', Text>;

/** What the passing of time does to a case. */
export const DUE_WORDS = {
  acceptance: { zh: '逾期视为受理', en: 'Deemed acceptance' },
  gathering: { zh: '一次性告知补正', en: 'Notice of supplement' },
  reminder: { zh: '补正提醒', en: 'Reminder of the supplement' },
  supplement: { zh: '补正到期', en: 'End of the time for the supplement' },
  pledge: { zh: '容缺承诺到期', en: 'End of the pledge' },
  'pledge-return': { zh: '容缺未补退件', en: 'Return because a pledged material is missing' },
  parcel: { zh: '分批寄送', en: 'Sending the parcel with what is ready' },
} as const satisfies Record<DueKind, Text>;

/** What happens next without a person. */
export const NEXT_ACTION_WORDS = {
  start: { zh: '启动流程', en: 'Start of the case' },
  resume: { zh: '在新的流程实例中继续', en: 'Continuation in a new run' },
  delivery: { zh: '送达消息', en: 'Delivery of the message' },
  attempt: { zh: '再次发送', en: 'Next attempt' },
  probe: { zh: '探测部门系统', en: 'Next probe of the agency' },
  enquiry: { zh: '查询部门系统', en: 'Next enquiry at the agency' },
  ...DUE_WORDS,
} as const satisfies Record<NextAction, Text>;

/** Why a step whose needs are met is not sent yet. */
export const DEFERRED_BY_WORDS = {
  gap: { zh: '容缺材料待补', en: 'A pledged material is missing' },
  supplement: { zh: '等待补正', en: 'A supplement is missing' },
  pledge: { zh: '容缺承诺已到期', en: 'The pledge has expired' },
} as const satisfies Record<DeferralCause, Text>;
