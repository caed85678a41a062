import type { Text } from '../matter/schema.ts';
import { text, words } from './findings.ts';

/** An example for a missing key. */
const EXAMPLES: Readonly<Record<string, Text>> = {
  name: text('name: { zh: 中文, en: English }', 'name: { zh: 中文, en: English }'),
  summary: text('summary: { zh: 中文, en: English }', 'summary: { zh: 中文, en: English }'),
  message: text('message: { zh: 中文, en: English }', 'message: { zh: 中文, en: English }'),
  zh: text('zh（中文文字）', 'the Chinese text'),
  en: text('en（英文文字）', 'the English text'),
  undo: text(
    'undo: { class: none }（或其他 class：该环节如何撤销）',
    'undo: { class: none } (or another class: how the step is taken back)',
  ),
  class: text(
    'class: none（或 void、withdraw、refund、restore、correct、revoke、stop）',
    'class: none (or void, withdraw, refund, restore, correct, revoke, stop)',
  ),
  limit: text(
    'limit: { promised: { workingDays: 1 }, example: true }',
    'limit: { promised: { workingDays: 1 }, example: true }',
  ),
  promised: text('promised: { workingDays: 1 }', 'promised: { workingDays: 1 }'),
  discloses: text(
    'discloses: [发送给部门的字段]；没有则写 []',
    'discloses: [the fields that the agency is sent]; [] for none',
  ),
};

const KINDS: Readonly<Record<string, Text>> = {
  string: text('文字', 'a text'),
  number: text('数字', 'a number'),
  int: text('整数', 'a whole number'),
  boolean: text('true 或 false', 'true or false'),
  array: text('列表', 'a list'),
  object: text('键和值', 'keys with values'),
};

/** The formats that the schemas of matters and calendars name, by their English words. */
const FORMATS: Readonly<Record<string, string>> = {
  'lower-case words joined by hyphens': '以连字符连接的小写单词',
  camelCase: '驼峰式名称（camelCase）',
  'a path such as mother.idNo or children[].name': '路径，例如 mother.idNo 或 children[].name',
  'a path such as mother.idNo, children[].name or result:<step>.<field>':
    '路径，例如 mother.idNo、children[].name 或 result:<环节>.<字段>',
  'one of workingDays, workingMinutes, calendarDays, months and seconds, with a whole number':
    'workingDays、workingMinutes、calendarDays、months、seconds 之一及整数',
  'one of workingDays, calendarDays and months, with a whole number': 'workingDays、calendarDays、months 之一及整数',
  'a date that exists, as YYYY-MM-DD': '存在的日期，格式为 YYYY-MM-DD',
  'a time of the day, as HH:MM': '时刻，格式为 HH:MM',
  'a year and a number, such as 2026.1': '年份和序号，例如 2026.1',
};

/** What the schema expects at a place. */
export const EXPECTED = {
  format: (en: string) => text(FORMATS[en] ?? en, en),
  kind: (kind: string) => KINDS[kind] ?? text(kind, kind),
  atLeast: (minimum: string, of: 'characters' | 'entries') =>
    of === 'characters'
      ? text(`至少 ${minimum} 个字`, `at least ${minimum} character`)
      : text(`至少 ${minimum} 项`, `at least ${minimum} of them`),
  numberFrom: (minimum: string, inclusive: boolean) =>
    inclusive
      ? text(`不小于 ${minimum} 的数字`, `a number of at least ${minimum}`)
      : text(`大于 ${minimum} 的数字`, `a number above ${minimum}`),
  atMost: (maximum: string, of: 'characters' | 'entries') =>
    of === 'characters'
      ? text(`最多 ${maximum} 个字`, `at most ${maximum} characters`)
      : text(`最多 ${maximum}`, `at most ${maximum}`),
  oneOf: (key: string, values: readonly string[]) =>
    text(`${key}: ${values.join('、')} 之一`, `${key}: one of ${values.join(', ')}`),
} as const;

/** What stands at a place. */
export const ACTUAL = {
  empty: text('空', 'empty'),
  emptyText: text('空文字', 'an empty text'),
  list: (length: number) => text(`${length} 项的列表`, `a list of ${length}`),
  as: (value: string) => text(value, value),
} as const;

/** The findings about keys and values that the schema does not allow. */
export const SCHEMA_FINDINGS = {
  unknownKey: (key: string, nearest: Text) =>
    words(notKnown(key), text(`${nearest.zh}否则请删去。`, `${nearest.en} Otherwise remove it.`)),
  cutText: (key: string) =>
    words(
      notKnown(key),
      text(
        '请给前面的文字加引号：在 { … } 中，逗号会结束文字。',
        'Put the text before it in quotes: in { … } a comma ends a text.',
      ),
    ),
  /** `holder`: the id of the part around it; undefined: the file. */
  missing: (holder: string | undefined, key: string, expected: Text, isChoice: boolean) => {
    const what = isChoice ? expected : (EXAMPLES[key] ?? text(`${key}（${expected.zh}）`, `${key} (${expected.en})`));
    return words(
      text(
        `${holder === undefined ? '文件' : `“${holder}”`}缺少“${key}”`,
        `${holder === undefined ? 'The file' : `“${holder}”`} has no “${key}”`,
      ),
      text(`请添加 ${what.zh}。`, `Add ${what.en}.`),
    );
  },
  wrongValue: (path: string, actual: Text, expected: Text) =>
    words(
      text(`“${path}”是${actual.zh}`, `“${path}” is ${actual.en}`),
      text(`请填写${expected.zh}。`, `Write ${expected.en}.`),
    ),
  unknownChoice: (value: string, nearest: Text, known: readonly string[]) => {
    const { zh, en } = allowed(known);
    return words(notKnown(value), text(`${nearest.zh}${zh}`, `${nearest.en} ${en}`));
  },
  wrongChoice: (actual: Text, known: readonly string[]) =>
    words(text(`此处是${actual.zh}`, `It is ${actual.en}`), allowed(known)),
} as const;

const notKnown = (name: string): Text => text(`此处没有“${name}”`, `“${name}” is not known here`);
const allowed = (known: readonly string[]): Text =>
  text(`可选：${known.join('、')}。`, `Allowed: ${known.join(', ')}.`);
