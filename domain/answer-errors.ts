import type { ErrorEntry } from './message-errors.ts';

/** Codes of messages that the record does not take as they are. */
export const ANSWER_ERRORS = {
  REASON_MISSING: {
    status: 409,
    retry: false,
    message: {
      zh: '不予许可未说明理由或依据（行政许可法第三十八条），请补充后重新发送',
      en: 'The refusal gives no reason, or no legal basis for its ground. Send it again with both, under another message id',
    },
  },
  DECISION_NOT_OF_KIND: {
    status: 409,
    retry: false,
    message: {
      zh: '该类环节不能作出此决定，可作出的决定见协议说明',
      en: 'This kind of step cannot get this decision. The protocol lists the decisions of each kind',
    },
  },
  DECISION_BY_PERSON: {
    status: 409,
    retry: false,
    message: {
      zh: '该决定不得由系统作出，须由部门工作人员作出',
      en: 'A system cannot give this decision. An officer of the agency must give it',
    },
  },
  RESULT_INVALID: {
    status: 409,
    retry: false,
    message: {
      zh: '结果缺少必填项或内容有误，请更正后以新的消息编号重新发送',
      en: 'The result misses a required field or has a wrong value. Send it again, corrected, under another message id',
    },
  },
  REVIEW_QUEUE_FULL: {
    status: 409,
    retry: false,
    message: {
      zh: '该环节待核答复已满，本次答复未保存，请联系督办人员',
      en: 'The review queue of this step is full, and the answer was not kept. Contact a supervisor',
    },
  },
  TOO_MANY_WITHOUT_EFFECT: {
    status: 429,
    retry: true,
    message: {
      zh: '对同一环节重复发送的无效消息过多，请稍后再试',
      en: 'Too many messages about this step changed nothing. Send the next one later',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
