import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { validationMessage } from '../../../domain/words/validation.ts';
import { says } from '../../../domain/words/says.ts';

/** What a wrong value is answered with in Chinese and English, the first message of each. */
const messagesOf = (schema: z.ZodType, value: unknown): [string, string] => {
  const { error } = schema.safeParse(value, { reportInput: true });
  const [issue] = error?.issues ?? [];
  if (!issue) throw new Error('the value is right');
  const { zh, en } = validationMessage(issue);
  return [zh, en];
};

describe('a message about a wrong request', () => {
  it.each<[what: string, schema: z.ZodType, value: unknown, zh: string, en: string]>([
    ['a missing value', z.record(z.string(), z.string()), undefined, '缺少这一项', 'This field is required'],
    ['a text', z.string(), 1, '应为文字', 'Must be a text'],
    ['a number', z.coerce.number(), 'x', '应为数字', 'Must be a number'],
    ['a whole number', z.int(), 1.5, '应为整数', 'Must be a whole number'],
    ['an object', z.record(z.string(), z.string()), [], '应为对象', 'Must be an object'],
    ['a type without a name', z.null(), 1, '内容不符合要求', 'The value is not valid'],
    ['an empty text', z.string().min(1), '', '不能为空', 'Must not be empty'],
    ['a short text', z.string().min(2), 'x', '至少 2 个字', 'Must have at least 2 characters'],
    ['a long text', z.string().max(2), 'xxx', '最多 2 个字', 'Must have at most 2 characters'],
    ['a short list', z.array(z.int()).min(1), [], '至少 1 项', 'Must have at least 1 items'],
    ['a long list', z.array(z.int()).max(1), [1, 2], '最多 1 项', 'Must have at most 1 items'],
    ['a small number', z.int().min(1), 0, '不能小于 1', 'Must be at least 1'],
    ['a number that is not above', z.number().positive(), 0, '应大于 0', 'Must be greater than 0'],
    ['a large number', z.int().max(9), 10, '不能大于 9', 'Must be at most 9'],
    ['a number that is not below', z.number().lt(9), 9, '应小于 9', 'Must be less than 9'],
    ['a date', z.iso.date(), 'x', '应为日期，格式如 2024-11-20', 'Must be a date such as 2024-11-20'],
    [
      'an instant',
      z.iso.datetime(),
      '2024-11-20',
      '应为 UTC 时间，格式如 2024-11-20T08:30:00Z',
      'Must be a UTC time such as 2024-11-20T08:30:00Z',
    ],
    ['an id', z.uuid(), 'x', '应为 UUID', 'Must be a UUID'],
    ['a pattern', z.string().regex(/^a$/), 'x', '格式不正确', 'The format is not valid'],
    ['a choice', z.enum(['a', 'b']), 'x', '应为以下之一：a、b', 'Must be one of: a, b'],
    ['a key', z.strictObject({}), { other: 1 }, '不支持这一项', 'This field is not supported'],
    [
      'a name',
      z.record(z.string().regex(/^a$/), z.int()),
      { b: 1 },
      '名称格式不正确',
      'The name has an invalid format',
    ],
    ['a step of numbers', z.number().multipleOf(5), 3, '应为 5 的倍数', 'Must be a multiple of 5'],
    ['one of several', z.union([z.int(), z.null()]), 'x', '内容不符合要求', 'The value is not valid'],
    ['a rule of ours', z.int().refine(() => false, says('不对', 'Wrong')), 1, '不对', 'Wrong'],
    ['a rule without words', z.int().refine(() => false, 'raw'), 1, '内容不符合要求', 'The value is not valid'],
  ])('names what %s must be, in both languages', (_, schema, value, zh, en) => {
    expect(messagesOf(schema, value)).toEqual([zh, en]);
  });
});
