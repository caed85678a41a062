import type { CaseAction, StepOffer } from '../../matters/actions.ts';
import type { Text } from '../../matters/definition/schema.ts';
import type { CaseStatus, StepStatus } from '../../matters/engine/status.ts';
import type { BulkStatus, BulkVerb } from '../../matters/supervision/bulk.ts';
import type { OrderAction, OrderStatus } from '../../matters/supervision/supervision.ts';
import type { AnswerState, Verdict } from '../../matters/supervision/verdicts.ts';

/** The words of docs/actions.md. A status or an action without words does not compile. */

const text = (zh: string, en: string): Text => ({ zh, en });

export const CASE_STATUS: Record<CaseStatus, Text> = {
  submitted: text('已提交', 'submitted'),
  accepted: text('已受理', 'accepted'),
  completed: text('办结', 'completed'),
  'partially-completed': text('部分办结', 'partially completed'),
  refused: text('不予批准', 'refused'),
  'not-accepted': text('不予受理', 'not accepted'),
  returned: text('退件', 'returned'),
  withdrawn: text('已撤回', 'withdrawn'),
};

export const STEP_STATUS: Record<StepStatus, Text> = {
  waiting: text('待前置', 'waits for other steps'),
  ready: text('待发送', 'may start, and is held back'),
  submitted: text('已发送', 'on its way to the agency'),
  accepted: text('办理中', 'the agency has it'),
  supplement: text('待补正', 'waits for the applicant'),
  suspended: text('特别程序', 'suspended'),
  attention: text('待人工处理', 'a person must act'),
  undoing: text('撤回处理中', 'is being taken back'),
  done: text('已办结', 'approved'),
  refused: text('不予通过', 'refused'),
  skipped: text('免办', 'does not apply'),
  blocked: text('前置未通过', 'waited for a step that was refused'),
  stopped: text('已停办', 'given up before a decision'),
  undone: text('已撤销', 'taken back'),
};

export const ORDER_STATUS: Record<OrderStatus, Text> = {
  open: text('待答复', 'open'),
  contested: text('申辩中', 'contested'),
  answered: text('已答复', 'answered'),
  closed: text('已办结', 'closed'),
  lifted: text('已撤销', 'lifted'),
};

export const ANSWER_STATE: Record<AnswerState, Text> = {
  held: text('待环节开始', 'held: it came before its step'),
  open: text('待核', 'open'),
  adopted: text('已采信', 'adopted'),
  dismissed: text('不予采信', 'dismissed'),
};

export const BULK_STATUS: Record<BulkStatus, Text> = {
  draft: text('草拟', 'draft'),
  'awaiting-second': text('待第二人确认', 'awaits another supervisor'),
  running: text('进行中', 'running'),
  paused: text('暂停', 'paused'),
  stopped: text('已停止', 'stopped'),
  done: text('已完成', 'done'),
};

export const CASE_ACTION: Record<CaseAction, Text> = {
  withdraw: text('撤回', 'the applicant takes the case back'),
  'request-supplement': text('要求补正', 'the window asks for what is missing'),
  'fill-gap': text('补交容缺材料', 'what was pledged is handed in'),
  correct: text('更正信息', 'a value of the form is corrected'),
  terminate: text('终止办理', 'a supervisor ends a case that cannot go on'),
};

export const STEP_ACTION: Record<StepOffer, Text> = {
  decide: text('作出决定', 'approve or refuse'),
  'answer-supplement': text('提交补正', 'what the agency asked for is handed in'),
  resend: text('重新发送', 'send it to its agency again'),
  urge: text('催办', 'urge the agency'),
  extend: text('延长期限', 'extend the limit, once'),
  suspend: text('中止（特别程序）', 'stop its clock'),
  resume: text('恢复办理', 'let its clock run again'),
  reassign: text('改派', 'give it to another agency or officer'),
  redo: text('重新办理', 'do it again, in a new round'),
  keep: text('保留结果', 'a result that is in doubt stands'),
  'settle-undo': text('认定撤回结果', 'say how taking it back ended'),
  'retry-undo': text('再次撤回', 'ask the agency again to take it back'),
  order: text('督办', 'give its agency a supervision order'),
};

export const ORDER_ACTION: Record<OrderAction, Text> = {
  answer: text('书面答复', 'the agency answers in writing'),
  contest: text('申辩', 'the agency contests'),
  close: text('办结', 'close an answered order'),
  return: text('退回重答', 'the answer is insufficient'),
  uphold: text('申辩成立', 'the contest is right'),
  reject: text('申辩不成立', 'the contest is wrong'),
  circulate: text('通报', 'put it into a circular'),
  lift: text('撤销', 'it was given by mistake'),
};

export const VERDICT: Record<Verdict, Text> = {
  adopt: text('采信', "make it the step's decision"),
  dismiss: text('不予采信', 'leave it beside the record'),
};

export const BULK_VERB: Record<BulkVerb, Text> = {
  start: text('开始', 'carry it out'),
  confirm: text('第二人确认', 'confirm it as the second person'),
  pause: text('暂停', 'stand still'),
  resume: text('继续', 'go on'),
  stop: text('停止', 'end it'),
};
