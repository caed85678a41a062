import type { z } from 'zod';
import { DIVISION_CODE, DIVISION_PREFIX } from '../division/divisions.ts';
import { DIVISION_DIGITS } from '../division/problem.ts';
import { CALLERS_ID } from '../../domain/message-ids.ts';
import { Text } from '../matter/schema.ts';

/**
 * What is wrong with one place of a request, by the code of the issue of zod. Never the text of
 * zod, and never the value.
 */
export const validationMessage = (issue: z.core.$ZodIssue): Text => {
  switch (issue.code) {
    case 'invalid_type':
      return typeMessage(issue);
    case 'too_small':
      return smallMessage(issue);
    case 'too_big':
      return bigMessage(issue);
    case 'invalid_format':
      return PATTERNS[issue.pattern ?? ''] ?? FORMATS[issue.format] ?? FORMAT;
    case 'invalid_value':
      return choiceMessage(issue.values.map(String));
    case 'unrecognized_keys':
      return { zh: '不支持这一项', en: 'This field is not supported' };
    case 'not_multiple_of':
      return { zh: `应为 ${issue.divisor} 的倍数`, en: `Must be a multiple of ${issue.divisor}` };
    case 'invalid_key':
      return { zh: '名称格式不正确', en: 'The name has an invalid format' };
    case 'invalid_union':
    case 'invalid_element':
      return INVALID;
    case 'custom':
      return Text.catch(INVALID).parse(issue.params?.['says']);
  }
};

const INVALID: Text = { zh: '内容不符合要求', en: 'The value is not valid' };
const FORMAT: Text = { zh: '格式不正确', en: 'The format is not valid' };
const PATTERNS: Readonly<Record<string, Text>> = {
  [String(CALLERS_ID)]: {
    zh: '应为 1 至 100 个字符，只用字母、数字和 . _ : -',
    en: 'Must have 1 to 100 characters: letters, digits and . _ : -',
  },
  [String(DIVISION_CODE)]: { zh: '行政区划代码应为 6 位数字', en: 'The code of a division has 6 digits' },
  [String(DIVISION_PREFIX)]: DIVISION_DIGITS,
};
const REQUIRED: Text = { zh: '缺少这一项', en: 'This field is required' };

const FORMATS: Readonly<Record<string, Text>> = {
  uuid: { zh: '应为 UUID', en: 'Must be a UUID' },
  date: { zh: '应为日期，格式如 2024-11-20', en: 'Must be a date such as 2024-11-20' },
  datetime: { zh: '应为 UTC 时间，格式如 2024-11-20T08:30:00Z', en: 'Must be a UTC time such as 2024-11-20T08:30:00Z' },
};

const TYPES: Readonly<Record<string, Text>> = {
  string: { zh: '应为文字', en: 'Must be a text' },
  number: { zh: '应为数字', en: 'Must be a number' },
  int: { zh: '应为整数', en: 'Must be a whole number' },
  boolean: { zh: '应为 true 或 false', en: 'Must be true or false' },
  array: { zh: '应为列表', en: 'Must be a list' },
  object: { zh: '应为对象', en: 'Must be an object' },
  record: { zh: '应为对象', en: 'Must be an object' },
};

const typeMessage = ({ expected, input }: z.core.$ZodIssueInvalidType): Text =>
  input === undefined ? REQUIRED : (TYPES[expected] ?? INVALID);

const smallMessage = ({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): Text => {
  switch (origin) {
    case 'string':
      return minimum === 1
        ? { zh: '不能为空', en: 'Must not be empty' }
        : { zh: `至少 ${minimum} 个字`, en: `Must have at least ${minimum} characters` };
    case 'array':
    case 'set':
    case 'map':
      return { zh: `至少 ${minimum} 项`, en: `Must have at least ${minimum} items` };
    default:
      return inclusive === false
        ? { zh: `应大于 ${minimum}`, en: `Must be greater than ${minimum}` }
        : { zh: `不能小于 ${minimum}`, en: `Must be at least ${minimum}` };
  }
};

const bigMessage = ({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): Text => {
  switch (origin) {
    case 'string':
      return { zh: `最多 ${maximum} 个字`, en: `Must have at most ${maximum} characters` };
    case 'array':
    case 'set':
    case 'map':
      return { zh: `最多 ${maximum} 项`, en: `Must have at most ${maximum} items` };
    default:
      return inclusive === false
        ? { zh: `应小于 ${maximum}`, en: `Must be less than ${maximum}` }
        : { zh: `不能大于 ${maximum}`, en: `Must be at most ${maximum}` };
  }
};

const choiceMessage = (values: readonly string[]): Text => ({
  zh: `应为以下之一：${values.join('、')}`,
  en: `Must be one of: ${values.join(', ')}`,
});
