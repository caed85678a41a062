import type { AttentionCode, RefusalCode } from './engine/messages.ts';
import type { Text } from './definition/schema.ts';
import type { OrderRefusal } from './supervision/supervision.ts';

/** Codes of the front door itself; those of the engine are in engine/messages.ts. */
type DoorCode =
  | 'REQUEST_INVALID'
  | 'JSON_INVALID'
  | 'FORM_INVALID'
  | 'AUTHENTICATION_REQUIRED'
  | 'SIGNATURE_INVALID'
  | 'TIMESTAMP_OUTSIDE'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'MATTER_UNKNOWN'
  | 'MATTER_VERSION_TAKEN'
  | 'DUPLICATE_CASE'
  | 'MESSAGE_ID_REUSED'
  | 'REQUEST_ID_MISMATCH'
  | 'TASK_TAKEN'
  | 'TASK_ASSIGNED'
  | 'TASK_NOT_YOURS'
  | 'ABSENCE_OVER'
  | 'INCIDENT_OPEN'
  | 'INCIDENT_NOT_OPEN'
  | 'AGENCY_NOT_CALLED'
  | 'DESK_DECIDED'
  | 'NOT_WITHDRAWN'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'ORDER_IN_PROGRESS'
  | 'BULK_EMPTY'
  | 'BULK_TOO_LARGE'
  | 'BODY_TOO_LARGE'
  | 'CONTENT_TYPE_UNSUPPORTED'
  | 'RATE_LIMITED'
  | 'INTERNAL'
  | 'OVERLOADED'
  | 'UNAVAILABLE';

export type ErrorCode = DoorCode | RefusalCode | AttentionCode | OrderRefusal;

interface ErrorEntry {
  /** The HTTP status that the code is answered with. */
  status: number;
  /** Whether the very same request can succeed later without anybody changing anything. */
  retry: boolean;
  /** What the caller is told: no values, no names. */
  message: Text;
}

/** Every error that leaves the service. A code without a status or a message does not compile. */
export const ERRORS = {
  REQUEST_INVALID: {
    status: 400,
    retry: false,
    message: { zh: '请求内容不符合要求', en: 'The request is not as it should be' },
  },
  JSON_INVALID: {
    status: 400,
    retry: false,
    message: { zh: '请求体不是合法的 JSON', en: 'The body is not valid JSON' },
  },
  FORM_INVALID: {
    status: 400,
    retry: false,
    message: { zh: '表单填写有误', en: 'The form has mistakes' },
  },
  AUTHENTICATION_REQUIRED: {
    status: 401,
    retry: false,
    message: { zh: '请先登录：令牌缺失、错误或已过期', en: 'A valid access token is required' },
  },
  SIGNATURE_INVALID: {
    status: 401,
    retry: false,
    message: { zh: '签名校验未通过', en: 'The signature is not accepted' },
  },
  TIMESTAMP_OUTSIDE: {
    status: 401,
    retry: false,
    message: {
      zh: '签名时间与本系统时间相差超过5分钟：请校准时钟，重新签名后再发送',
      en: 'The signature’s time is more than five minutes off ours: set the clock, sign anew and send again',
    },
  },
  FORBIDDEN: {
    status: 403,
    retry: false,
    message: { zh: '您的角色不能进行此操作', en: 'Your role does not allow this' },
  },
  NOT_FOUND: {
    status: 404,
    retry: false,
    message: { zh: '没有找到，或不在您的权限范围内', en: 'Not found, or outside of what you may see' },
  },
  MATTER_UNKNOWN: {
    status: 404,
    retry: false,
    message: { zh: '没有这个事项', en: 'There is no such matter' },
  },
  MATTER_VERSION_TAKEN: {
    status: 409,
    retry: false,
    message: { zh: '该事项版本已发布，内容不同', en: 'This version of the matter is published with other content' },
  },
  DUPLICATE_CASE: {
    status: 409,
    retry: false,
    message: {
      zh: '与已有办件重复，确需办理请说明理由',
      en: 'There is a case like this already; to go on all the same, give a reason',
    },
  },
  MESSAGE_ID_REUSED: {
    status: 409,
    retry: false,
    message: { zh: '消息编号已用于其他内容', en: 'The message id was used before for other content' },
  },
  REQUEST_ID_MISMATCH: {
    status: 400,
    retry: false,
    message: { zh: '请求编号与地址中的不一致', en: 'The request id differs from the one in the address' },
  },
  TASK_TAKEN: {
    status: 409,
    retry: true,
    message: { zh: '该任务已被他人领取', en: 'Somebody else works on this task' },
  },
  TASK_ASSIGNED: {
    status: 409,
    retry: false,
    message: {
      zh: '该任务已指派给他人；其请假期间由代办人办理，或请监督员改派',
      en: 'The task was given to another officer: while that one is absent whoever covers takes it, or a supervisor reassigns it',
    },
  },
  TASK_NOT_YOURS: {
    status: 409,
    retry: false,
    message: { zh: '该任务不在您名下，请先领取', en: 'You do not have this task: claim it first' },
  },
  ABSENCE_OVER: {
    status: 409,
    retry: false,
    message: { zh: '该请假已结束', en: 'The absence is over' },
  },
  INCIDENT_OPEN: {
    status: 409,
    retry: false,
    message: { zh: '该部门已有未结束的故障', en: 'An incident of this agency is open already' },
  },
  INCIDENT_NOT_OPEN: {
    status: 409,
    retry: false,
    message: { zh: '该部门没有未结束的故障', en: 'No incident of this agency is open' },
  },
  AGENCY_NOT_CALLED: {
    status: 409,
    retry: false,
    message: {
      zh: '该部门不通过系统对接，无需停发',
      en: 'Nothing is sent to this agency: its officers take their tasks',
    },
  },
  DESK_DECIDED: {
    status: 409,
    retry: false,
    message: { zh: '该答复已由他人处理', en: 'Somebody has dealt with this answer already' },
  },
  EXTENSION_TOO_LONG: {
    status: 409,
    retry: false,
    message: { zh: '超过该环节依法可延长的期限', en: 'The law does not allow this step to be extended so far' },
  },
  EXTENDED_BEFORE: {
    status: 409,
    retry: false,
    message: { zh: '该环节已延长过一次，不得再次延长', en: 'The step was extended before: that is possible once' },
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    retry: false,
    message: { zh: '幂等键已用于其他请求', en: 'The idempotency key was used before for another request' },
  },
  BULK_EMPTY: {
    status: 409,
    retry: false,
    message: { zh: '没有符合条件的办件', en: 'Nothing matches: there is nothing to do' },
  },
  BULK_TOO_LARGE: {
    status: 409,
    retry: false,
    message: {
      zh: '符合条件的办件过多，请缩小范围（最多 5000 项）',
      en: 'Too many match: narrow the filter (5,000 items at most)',
    },
  },
  ORDER_IN_PROGRESS: {
    status: 409,
    retry: false,
    message: { zh: '该环节已有未结的督办单', en: 'The step has a supervision order in progress' },
  },
  ORDER_ENDED: {
    status: 409,
    retry: false,
    message: { zh: '该督办单已办结或撤销', en: 'The supervision order is closed or lifted' },
  },
  ORDER_NOT_OVERDUE: {
    status: 409,
    retry: true,
    message: { zh: '答复期限未到，不能通报', en: 'The time to reply is not over: no circular yet' },
  },
  ORDER_CIRCULATED: {
    status: 409,
    retry: false,
    message: { zh: '该督办单已通报', en: 'The supervision order is in a circular already' },
  },
  SECOND_PERSON_REQUIRED: {
    status: 409,
    retry: false,
    message: {
      zh: '须由另一人办理：不得由发起人或答复人本人办结',
      en: 'Another person has to do this than the one who began or answered it',
    },
  },
  BODY_TOO_LARGE: {
    status: 413,
    retry: false,
    message: { zh: '请求体过大', en: 'The body is too large' },
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
    message: { zh: '请求过于频繁，请稍后再试', en: 'Too many requests; try again later' },
  },
  INTERNAL: {
    status: 500,
    retry: true,
    message: { zh: '系统内部错误', en: 'Something went wrong on our side' },
  },
  OVERLOADED: {
    status: 503,
    retry: true,
    message: { zh: '当前请求过多，请稍后重试', en: 'Too many requests at the moment; please try again' },
  },
  UNAVAILABLE: {
    status: 503,
    retry: true,
    message: { zh: '服务暂时不可用，请稍后再试', en: 'The service is not available now; try again later' },
  },

  STEP_UNKNOWN: {
    status: 404,
    retry: false,
    message: { zh: '没有这个环节', en: 'There is no such step' },
  },
  STEP_NOT_STARTED: {
    status: 409,
    retry: true,
    message: { zh: '该环节尚未开始', en: 'The step has not started' },
  },
  STEP_ALREADY_DECIDED: {
    status: 409,
    retry: false,
    message: { zh: '该环节已有办理结果', en: 'The step is decided already' },
  },
  STEP_ENDED: {
    status: 409,
    retry: false,
    message: { zh: '该环节已结束', en: 'The step has ended' },
  },
  STEP_BEING_UNDONE: {
    status: 409,
    retry: false,
    message: { zh: '该环节正在撤回', en: 'The step is being taken back' },
  },
  ROUND_STALE: {
    status: 409,
    retry: false,
    message: { zh: '该环节已进入新一轮办理', en: 'The step has moved on to another round' },
  },
  ACTION_NOT_ALLOWED: {
    status: 409,
    retry: false,
    message: { zh: '当前状态下不能进行此操作', en: 'This is not possible in the present status' },
  },
  RIGHTS_LOST: {
    status: 409,
    retry: false,
    message: {
      zh: '生效前您的权限已被撤销，该操作已记录，未生效',
      en: 'Your rights were withdrawn before this took effect: it is on record and changes nothing',
    },
  },
  SUPPLEMENT_UNKNOWN: {
    status: 404,
    retry: false,
    message: { zh: '没有这项补正', en: 'There is no such supplement' },
  },
  SUPPLEMENT_ALREADY_ANSWERED: {
    status: 409,
    retry: false,
    message: { zh: '该补正已提交', en: 'The supplement was answered before' },
  },
  SUPPLEMENT_OVER: {
    status: 409,
    retry: false,
    message: { zh: '补正期限已过', en: 'The time for this supplement is over' },
  },
  MATERIAL_NOT_PLEDGED: {
    status: 409,
    retry: false,
    message: { zh: '该材料未作容缺承诺，或已补齐', en: 'The material was not pledged, or has come in already' },
  },
  NOT_DUE: {
    status: 409,
    retry: false,
    message: { zh: '该办件已不再等待此事', en: 'The case does not wait for this any more' },
  },
  CASE_ENDED: {
    status: 409,
    retry: false,
    message: { zh: '该办件已办结', en: 'The case has ended' },
  },
  NOT_WITHDRAWN: {
    status: 409,
    retry: false,
    message: { zh: '该办件没有撤回', en: 'The case was not withdrawn' },
  },
  CASE_CLOSING: {
    status: 409,
    retry: false,
    message: { zh: '该办件正在撤回、退件或终止', en: 'The case is being withdrawn, returned or terminated' },
  },

  AGENCY_REJECTED: {
    status: 502,
    retry: false,
    message: { zh: '部门系统认为材料格式不符', en: 'The agency finds what it was sent wrong' },
  },
  AGENCY_SETUP: {
    status: 502,
    retry: false,
    message: { zh: '与部门系统的对接配置有误', en: 'The connection to the agency is set up wrongly' },
  },
  AGENCY_UNREADABLE: {
    status: 502,
    retry: false,
    message: { zh: '部门系统的答复无法识别', en: 'The answer of the agency cannot be read' },
  },
  STEP_FAULT: {
    status: 500,
    retry: false,
    message: { zh: '该环节出现系统故障', en: 'The step has a fault on our side' },
  },
  CORRECTION_BY_PERSON: {
    status: 409,
    retry: false,
    message: {
      zh: '所用信息已更正，原结果须由人工决定保留或重办',
      en: 'A value that it used was corrected: a person decides whether the result stands',
    },
  },
  PARCEL_RETURNED: {
    status: 409,
    retry: false,
    message: {
      zh: '邮件被退回，请核对收件信息后重新寄送',
      en: 'The parcel came back: check the address, then it is sent again',
    },
  },
  UNDO_REJECTED: {
    status: 409,
    retry: false,
    message: { zh: '部门未同意撤回', en: 'The agency does not take its step back' },
  },
  UNDO_BY_PERSON: {
    status: 409,
    retry: false,
    message: { zh: '该环节的撤回须由人工决定', en: 'A person has to decide how the step is taken back' },
  },
} as const satisfies Record<ErrorCode, ErrorEntry>;
