import type { Text } from './matter/schema.ts';

export interface ErrorEntry {
  /** The HTTP status of a response with this code. */
  status: number;
  /** Whether the same request can succeed later without any change. */
  retry: boolean;
  /** The text for the caller: no values, no names. */
  message: Text;
}

/** Codes of the bytes and the signature of a request, which are checked before its content. */
export type MessageCode =
  | 'JSON_INVALID'
  | 'BODY_NOT_UTF8'
  | 'NUMBER_NOT_EXACT'
  | 'KEY_REPEATED'
  | 'SIGNATURE_INVALID'
  | 'TIMESTAMP_OUTSIDE'
  | 'SIGNATURE_NOT_FOR_CALL'
  | 'MESSAGE_ID_MISMATCH'
  | 'REQUEST_ID_MISMATCH'
  | 'WEBHOOK_ID_REUSED';

export const MESSAGE_ERRORS = {
  JSON_INVALID: {
    status: 400,
    retry: false,
    message: {
      zh: '请求体不是有效的 JSON，或含有不支持的内容',
      en: 'The request body is not valid JSON, or has content that is not supported',
    },
  },
  BODY_NOT_UTF8: {
    status: 400,
    retry: false,
    message: {
      zh: '请求体不是 UTF-8 编码，请转换为 UTF-8 后重新签名并提交',
      en: 'The request body is not in UTF-8. Convert it, sign again and send again',
    },
  },
  NUMBER_NOT_EXACT: {
    status: 400,
    retry: false,
    message: {
      zh: '数字过大或位数过多，无法准确保存；证照号码等编号请以字符串提交',
      en: 'A number is too large or has too many digits to be stored exactly. Send numbers of papers as strings',
    },
  },
  KEY_REPEATED: {
    status: 400,
    retry: false,
    message: {
      zh: '同一对象中有重复的名称',
      en: 'An object has the same name twice',
    },
  },
  SIGNATURE_INVALID: {
    status: 401,
    retry: false,
    message: { zh: '签名校验未通过', en: 'The signature is not valid' },
  },
  TIMESTAMP_OUTSIDE: {
    status: 401,
    retry: false,
    message: {
      zh: '签名时间与本系统时间相差超过 5 分钟，请校准时钟，重新签名后再发送',
      en: 'The time of the signature differs from our time by more than five minutes. Set the clock, sign again and send again',
    },
  },
  SIGNATURE_NOT_FOR_CALL: {
    status: 401,
    retry: false,
    message: {
      zh: '该签名不是为本次调用生成的：webhook-id 与请求方法、地址或方向不符',
      en: 'The signature was made for another call: its webhook-id does not fit the method, the address or the direction',
    },
  },
  MESSAGE_ID_MISMATCH: {
    status: 400,
    retry: false,
    message: {
      zh: '请求体缺少 messageId，或与 webhook-id 不一致',
      en: 'The messageId of the body is missing or differs from the webhook-id',
    },
  },
  REQUEST_ID_MISMATCH: {
    status: 400,
    retry: false,
    message: {
      zh: '请求体缺少 requestId，或与地址中的编号不一致',
      en: 'The requestId of the body is missing or differs from the one in the URL',
    },
  },
  WEBHOOK_ID_REUSED: {
    status: 400,
    retry: false,
    message: {
      zh: '该 webhook-id 刚使用过，请使用新的编号',
      en: 'This webhook-id was used a short time ago. Use a new id',
    },
  },
} as const satisfies Record<MessageCode, ErrorEntry>;
