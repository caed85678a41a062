import { ANSWER_ERRORS } from './answer-errors.ts';
import type { RefusalCode } from './case/messages.ts';
import { MAX_ENTRIES } from './entries.ts';
import { MAX_LINKS, MAX_STEPS } from './matter/bounds.ts';
import type { OrderRefusal } from './supervision/orders.ts';
import { MESSAGE_ERRORS, type ErrorEntry, type MessageCode } from './message-errors.ts';

/**
 * Codes of the API itself. Those of bytes and signatures are in domain/message-errors.ts, those of
 * the engine in domain/case/messages.ts, those of orders in domain/supervision/orders.ts.
 */
type HttpCode =
  | 'REQUEST_INVALID'
  | 'TOO_MANY_ENTRIES'
  | 'FORM_INVALID'
  | 'FORM_UNCONFIRMED'
  | 'CASE_TOO_LARGE'
  | 'AUTHENTICATION_REQUIRED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'MATTER_UNKNOWN'
  | 'MATTER_VERSION_TAKEN'
  | 'DUPLICATE_CASE'
  | 'MESSAGE_ID_REUSED'
  | 'TASK_TAKEN'
  | 'TASK_ASSIGNED'
  | 'TASK_NOT_YOURS'
  | 'ABSENCE_OVER'
  | 'INCIDENT_OPEN'
  | 'INCIDENT_NOT_OPEN'
  | 'AGENCY_NOT_CALLED'
  | 'ANSWER_DECIDED'
  | 'NOT_WITHDRAWN'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'ORDER_IN_PROGRESS'
  | 'BULK_EMPTY'
  | 'BULK_TOO_LARGE'
  | 'BODY_TOO_LARGE'
  | 'CONTENT_TYPE_UNSUPPORTED'
  | 'RATE_LIMITED'
  | 'TOO_MANY_OPEN'
  | 'METHOD_NOT_ALLOWED'
  | 'CASE_NUMBERS_SPENT'
  | 'ORDER_NUMBERS_SPENT'
  | 'INTERNAL'
  | 'READ_NOT_RECORDED'
  | 'OVERLOADED'
  | 'UNAVAILABLE';

export type ErrorCode = HttpCode | MessageCode | keyof typeof ANSWER_ERRORS | RefusalCode | OrderRefusal;

/** Every code that a response can have. A code without a status or a message does not compile. */
export const ERRORS = {
  ...MESSAGE_ERRORS,
  ...ANSWER_ERRORS,
  REQUEST_INVALID: {
    status: 400,
    retry: false,
    message: { zh: '请求内容不符合要求，请检查后重新提交', en: 'The request is not valid' },
  },
  TOO_MANY_ENTRIES: {
    status: 400,
    retry: false,
    message: {
      zh: `请求内容过多：名称与列表项合计不得超过 ${MAX_ENTRIES} 个；请只提交接口说明中的内容，或分次提交`,
      en: `The request has more than ${MAX_ENTRIES} names and list items. Send only what the description of the API names, or split the request`,
    },
  },
  FORM_INVALID: {
    status: 400,
    retry: false,
    message: { zh: '表单填写有误，请按提示修改', en: 'The form has errors' },
  },
  FORM_UNCONFIRMED: {
    status: 409,
    retry: false,
    message: {
      zh: '申请表中有需要核对的内容；核对无误的，请逐项确认并说明理由',
      en: 'Parts of the form are unusual. Compare them with the documents and confirm each with a reason',
    },
  },
  CASE_TOO_LARGE: {
    status: 400,
    retry: false,
    message: {
      zh: `办件环节过多：按本表单办理的环节超过 ${MAX_STEPS} 个，或环节之间的关联超过 ${MAX_LINKS} 处；请减少列表中的条目，或分次提交`,
      en: `With this form the case has more than ${MAX_STEPS} steps, or more than ${MAX_LINKS} links between them. Hand in fewer items of its lists, or split the application`,
    },
  },
  AUTHENTICATION_REQUIRED: {
    status: 401,
    retry: false,
    message: { zh: '请先登录：访问令牌缺失、无效或已过期', en: 'A valid access token is required' },
  },
  FORBIDDEN: {
    status: 403,
    retry: false,
    message: { zh: '您的角色没有此项操作的权限', en: 'Your role does not allow this action' },
  },
  NOT_FOUND: {
    status: 404,
    retry: false,
    message: { zh: '未找到，或您无权查看', en: 'Not found, or you are not allowed to see it' },
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retry: false,
    message: {
      zh: '该地址不支持这种请求方法，可用的方法见 Allow',
      en: 'This address does not take this method. The header Allow names those that it takes',
    },
  },
  MATTER_UNKNOWN: {
    status: 404,
    retry: false,
    message: { zh: '事项不存在', en: 'There is no such matter' },
  },
  MATTER_VERSION_TAKEN: {
    status: 409,
    retry: false,
    message: {
      zh: '该事项的这一版本已发布，且内容不同',
      en: 'This version of the matter is already published with different content',
    },
  },
  DUPLICATE_CASE: {
    status: 409,
    retry: false,
    message: {
      zh: '该申请人已有同类在办件，如确需另行办理，请填写理由',
      en: 'A similar case already exists. Give a reason to start this case anyway',
    },
  },
  CASE_NUMBERS_SPENT: {
    status: 409,
    retry: true,
    message: {
      zh: '该行政区划当日的办件编号已用完，请次日再提交',
      en: 'The case numbers of this division and day are used up. Submit again on the next day',
    },
  },
  ORDER_NUMBERS_SPENT: {
    status: 409,
    retry: true,
    message: {
      zh: '该行政区划当日的督办单编号已用完，请次日再发起',
      en: 'The order numbers of this division and day are used up. Issue the order on the next day',
    },
  },
  MESSAGE_ID_REUSED: {
    status: 409,
    retry: false,
    message: { zh: '该消息编号已用于其他内容', en: 'The message id was already used with different content' },
  },
  TASK_TAKEN: {
    status: 409,
    retry: true,
    message: { zh: '该任务已由其他人员领取', en: 'Another officer has claimed this task' },
  },
  TASK_ASSIGNED: {
    status: 409,
    retry: false,
    message: {
      zh: '该任务已指派给其他人员；其请假期间由代班人员办理，也可由监督员改派',
      en: 'This task is assigned to another officer. An officer who covers an absence can take it, and a supervisor can reassign it',
    },
  },
  TASK_NOT_YOURS: {
    status: 409,
    retry: false,
    message: { zh: '您尚未领取该任务，请先领取', en: 'You have not claimed this task. Claim it first' },
  },
  ABSENCE_OVER: {
    status: 409,
    retry: false,
    message: { zh: '该请假已结束', en: 'The absence has already ended' },
  },
  INCIDENT_OPEN: {
    status: 409,
    retry: false,
    message: { zh: '该部门已有未结束的系统故障', en: 'The agency already has an open incident' },
  },
  INCIDENT_NOT_OPEN: {
    status: 409,
    retry: false,
    message: { zh: '没有这样的未结束事件', en: 'No such incident is open' },
  },
  AGENCY_NOT_CALLED: {
    status: 409,
    retry: false,
    message: {
      zh: '该部门未通过系统对接，无需停发',
      en: 'Nothing is sent to this agency: its officers work from the task list',
    },
  },
  ANSWER_DECIDED: {
    status: 409,
    retry: false,
    message: { zh: '该答复已由其他人员处理', en: 'Another person has already handled this answer' },
  },
  EXTENSION_TOO_LONG: {
    status: 409,
    retry: false,
    message: { zh: '超过该环节依法可延长的期限', en: 'The extension is longer than the law allows for this step' },
  },
  EXTENDED_BEFORE: {
    status: 409,
    retry: false,
    message: {
      zh: '该环节已延长过一次，不得再次延长',
      en: 'The step has already been extended. A step can be extended only once',
    },
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    retry: false,
    message: { zh: '该幂等键已用于其他请求', en: 'The idempotency key was already used for a different request' },
  },
  BULK_EMPTY: {
    status: 409,
    retry: false,
    message: { zh: '没有符合条件的办件', en: 'Nothing matches the filter' },
  },
  BULK_TOO_LARGE: {
    status: 409,
    retry: false,
    message: {
      zh: '符合条件的办件过多（上限 5000 件），请缩小范围',
      en: 'Too many matches: the limit is 5,000. Narrow the filter',
    },
  },
  ORDER_IN_PROGRESS: {
    status: 409,
    retry: false,
    message: { zh: '该环节已有未办结的督办单', en: 'The step already has an open supervision order' },
  },
  ORDER_ENDED: {
    status: 409,
    retry: false,
    message: { zh: '该督办单已办结或已撤销', en: 'The supervision order is closed or lifted' },
  },
  ORDER_NOT_OVERDUE: {
    status: 409,
    retry: true,
    message: { zh: '答复期限未到，不能通报', en: 'The order cannot be circulated before its reply is overdue' },
  },
  ORDER_CIRCULATED: {
    status: 409,
    retry: false,
    message: { zh: '该督办单已通报', en: 'The supervision order has already been circulated' },
  },
  SECOND_PERSON_REQUIRED: {
    status: 409,
    retry: false,
    message: {
      zh: '须由其他人员办理，发起人和答复人本人不得办理',
      en: 'A different person must do this, not the one who started or answered it',
    },
  },
  BODY_TOO_LARGE: {
    status: 413,
    retry: false,
    message: { zh: '请求体过大', en: 'The request body is too large' },
  },
  CONTENT_TYPE_UNSUPPORTED: {
    status: 415,
    retry: false,
    message: {
      zh: '只接受 application/json（UTF-8，不压缩）',
      en: 'Only application/json is accepted (UTF-8, not compressed)',
    },
  },
  RATE_LIMITED: {
    status: 429,
    retry: true,
    message: { zh: '请求过于频繁，请稍后再试', en: 'Too many requests. Try again later' },
  },
  TOO_MANY_OPEN: {
    status: 429,
    retry: true,
    message: {
      zh: '同时打开的事件流和等待请求过多，请先关闭其中一部分',
      en: 'Too many streams and waiting requests are open. Close some of them first',
    },
  },
  INTERNAL: {
    status: 500,
    retry: true,
    message: { zh: '系统内部错误，请稍后再试', en: 'An internal error occurred. Try again later' },
  },
  READ_NOT_RECORDED: {
    status: 503,
    retry: true,
    message: {
      zh: '读取个人信息须留痕，留痕未成功，暂不能显示，请稍后重试',
      en: 'The read of personal data could not be recorded, so the data is not shown. Try again later',
    },
  },
  OVERLOADED: {
    status: 503,
    retry: true,
    message: { zh: '系统繁忙，请稍后再试', en: 'The service is overloaded. Try again later' },
  },
  UNAVAILABLE: {
    status: 503,
    retry: true,
    message: { zh: '服务暂时不可用，请稍后再试', en: 'The service is temporarily unavailable. Try again later' },
  },

  STEP_UNKNOWN: {
    status: 404,
    retry: false,
    message: { zh: '环节不存在', en: 'There is no such step' },
  },
  STEP_NOT_STARTED: {
    status: 409,
    retry: true,
    message: { zh: '该环节尚未开始', en: 'The step has not started' },
  },
  STEP_ALREADY_DECIDED: {
    status: 409,
    retry: false,
    message: { zh: '该环节已有办理结果', en: 'The step has already been decided' },
  },
  STEP_ENDED: {
    status: 409,
    retry: false,
    message: { zh: '该环节已结束', en: 'The step has ended' },
  },
  STEP_BEING_UNDONE: {
    status: 409,
    retry: false,
    message: { zh: '该环节正在办理撤销手续', en: 'The step is being undone' },
  },
  ROUND_STALE: {
    status: 409,
    retry: false,
    message: { zh: '该环节已进入新一轮办理', en: 'The step is already in a later round' },
  },
  ACTION_NOT_ALLOWED: {
    status: 409,
    retry: false,
    message: { zh: '当前状态下不能进行此操作', en: 'This action is not allowed in the current status' },
  },
  RIGHTS_LOST: {
    status: 409,
    retry: false,
    message: {
      zh: '操作生效前您的权限已被撤销：操作已记录，未生效',
      en: 'Your rights were revoked before this action took effect. It is recorded and has no effect',
    },
  },
  SUPPLEMENT_UNKNOWN: {
    status: 404,
    retry: false,
    message: { zh: '补正通知不存在', en: 'There is no such supplement' },
  },
  SUPPLEMENT_ALREADY_ANSWERED: {
    status: 409,
    retry: false,
    message: { zh: '该补正已提交', en: 'The supplement has already been answered' },
  },
  SUPPLEMENT_OVER: {
    status: 409,
    retry: false,
    message: { zh: '补正期限已过，如需继续办理请重新申请', en: 'The time for this supplement has ended' },
  },
  MATERIAL_NOT_PLEDGED: {
    status: 409,
    retry: false,
    message: { zh: '该材料未作容缺承诺，或已补齐', en: 'The material was not pledged, or has already been received' },
  },
  NOT_DUE: {
    status: 409,
    retry: false,
    message: { zh: '当前无需此操作', en: 'The case no longer waits for this' },
  },
  CASE_ENDED: {
    status: 409,
    retry: false,
    message: { zh: '该办件已结束', en: 'The case has ended' },
  },
  NOT_WITHDRAWN: {
    status: 409,
    retry: false,
    message: { zh: '该办件未撤回', en: 'The case was not withdrawn' },
  },
  CASE_CLOSING: {
    status: 409,
    retry: false,
    message: { zh: '该办件正在撤回、退件或终止', en: 'The case is being withdrawn, returned or terminated' },
  },
} as const satisfies Record<ErrorCode, ErrorEntry>;
