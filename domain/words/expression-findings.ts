import { MAX_NESTED_ITERATIONS, MAX_OPERATIONS, MAX_RANGE } from '../matter/bounds.ts';
import type { CostReason } from '../matter/expression-cost.ts';
import type { Text } from '../matter/schema.ts';
import { text, words, type FindingWords } from './findings.ts';

/** The kinds of values of an expression. */
const SHAPE_WORDS = {
  text: { zh: '文字', en: 'Text' },
  number: { zh: '数字', en: 'Number' },
  boolean: { zh: '是否值', en: 'Boolean' },
  date: { zh: '日期', en: 'Date' },
  'date-time': { zh: '日期时间', en: 'Date-time' },
  any: { zh: '任意值', en: 'Any' },
  choice: { zh: '选项', en: 'Choice' },
  group: { zh: '一组内容', en: 'Group' },
  list: { zh: '列表', en: 'List' },
} as const satisfies Record<string, Text>;

type ShapeKind = keyof typeof SHAPE_WORDS;

const MISMATCH_FIXES: Readonly<Partial<Record<ShapeKind, Text>>> = {
  date: text('请用 date(…) 括起该文字。', 'Write date(…) around the text.'),
  'date-time': text('请用 date and time(…) 括起该文字。', 'Write date and time(…) around the text.'),
};

/** Why the cost of an expression has no bound, and what to write instead. */
const COST_WORDS: Readonly<Record<CostReason, FindingWords>> = {
  range: words(
    text(
      `范围最多包含 ${MAX_RANGE} 个数，并用数字写出，如 1..12`,
      `A range has at most ${MAX_RANGE} numbers and is written with numbers, such as 1..12`,
    ),
    text(
      '请遍历表单中的列表，或较短的数字范围。',
      'Iterate over a list of the form, or over a short range of numbers.',
    ),
  ),
  pattern: words(
    text(
      '模式是不含分组和选择的文字，最多有一个 *、+、? 或 {n,m}',
      'A pattern is a text without groups and alternatives, with at most one *, +, ? or {n,m}',
    ),
    text('请使用更简单的模式，或几个条件。', 'Use a simpler pattern, or several conditions.'),
  ),
  function: words(
    text(
      '不能使用 replace、split 和 partial，matches 只能直接调用',
      'replace, split and partial are not available, and matches is only called',
    ),
    text(
      '请使用 starts with、ends with、contains 或 substring。',
      'Use starts with, ends with, contains or substring.',
    ),
  ),
  definition: words(
    text('表达式中不能定义函数或上下文', 'An expression defines no functions and no contexts'),
    text('请直接写出，或使用派生名称。', 'Write it out, or use derived names.'),
  ),
  nested: words(
    text(
      `遍历或筛选最多嵌套 ${MAX_NESTED_ITERATIONS} 层`,
      `At most ${MAX_NESTED_ITERATIONS} iterations or filters are nested`,
    ),
    text(
      '请为其中一部分使用派生名称，或减少一次校验的内容。',
      'Use a derived name for a part, or check fewer things at once.',
    ),
  ),
};

/** The findings of the linter about FEEL expressions. */
export const EXPRESSION_FINDINGS = {
  unknownName: (name: string, fix: Text) => words(text(`此处没有“${name}”`, `“${name}” is not known here`), fix),
  noParts: (holder: string, id: string) =>
    words(
      text(`“${holder}”没有下级内容，因此没有“${id}”`, `“${holder}” has no parts, so no “${id}”`),
      text(`请删去“.${id}”。`, `Remove “.${id}”.`),
    ),
  noPart: (holder: string, id: string, fix: Text) =>
    words(text(`“${holder}”没有“${id}”`, `“${holder}” has no “${id}”`), fix),
  notAFunction: (name: string) =>
    words(
      text(`“${name}”是值，不是函数`, `“${name}” is a value, not a function`),
      text(`请写 ${name}，不带 ()。`, `Write ${name} without ().`),
    ),
  noFunction: (name: string) =>
    words(
      text(`没有函数“${name}”`, `There is no function “${name}”`),
      text('请使用 FEEL 的内置函数。', 'Use one of FEEL’s built-in functions.'),
    ),
  swallowed: (start: string) =>
    words(
      text('FEEL 把“in”之后的全部内容读作测试的一部分', 'FEEL reads everything after “in” as part of the test'),
      text(`请加括号：(${start}…)。`, `Put brackets around it: (${start}…).`),
    ),
  twoOperators: () =>
    words(
      text('连续出现两个运算符', 'There are two operators in a row'),
      text('FEEL 用单个 = 比较。', 'FEEL compares with a single =.'),
    ),
  unknownChoice: (value: string, fix: Text) =>
    words(text(`“${value}”不在选项中`, `“${value}” is not one of the choices`), fix),
  mismatch: (left: ShapeKind, right: ShapeKind) =>
    words(
      text(
        `${SHAPE_WORDS[left].zh}与${SHAPE_WORDS[right].zh}比较，结果永远不为真`,
        `A ${left} is compared with a ${right}, which is never true`,
      ),
      MISMATCH_FIXES[right] ?? MISMATCH_FIXES[left] ?? text('请比较同类型的值。', 'Compare values of the same type.'),
    ),
  unreadable: (rest: string) =>
    words(
      rest === ''
        ? text('表达式不完整', 'The expression is incomplete')
        : text(`从“${rest}”起无法读取表达式`, `The expression cannot be read from “${rest}”`),
      text(
        '请补全或更正此处的 FEEL。在 YAML 中，含有“: ”或“#”的表达式请加引号。',
        'Complete or correct the FEEL here. In YAML, put an expression with “: ” or “#” in quotes.',
      ),
    ),
  unbounded: (reason: CostReason) => COST_WORDS[reason],
  unknownLength: () => words(text('此列表的长度未知', 'It is not known how long this list is'), COST_WORDS.range.fix),
  costly: (all: number, own: number) =>
    words(
      text(
        `各列表全部填满时，全部表达式共需 ${all} 次运算，最多允许 ${MAX_OPERATIONS} 次，其中此处 ${own} 次`,
        `With every list full all expressions take ${all} operations, at most ${MAX_OPERATIONS} are possible, and this one takes ${own}`,
      ),
      text(
        '请减小所遍历列表的 maxItems，或减少比较的内容。',
        'Lower maxItems of the lists that it goes over, or compare fewer items.',
      ),
    ),
  notACondition: (kind: ShapeKind) =>
    words(
      text(`结果是${SHAPE_WORDS[kind].zh}，不是真或假`, `The result is a ${kind}, not true or false`),
      text('请写条件，例如比较。', 'Write a condition, for example a comparison.'),
    ),
  noDate: () =>
    words(
      text('结果不是日期', 'The result is no date'),
      text(
        '请写日期，例如 date(item.birthTime)。可能未填的：if x = null then null else date(x)。',
        'Write a date, such as date(item.birthTime). Where it may be empty: if x = null then null else date(x).',
      ),
    ),
  unreachableStep: () =>
    words(
      text('条件永远不为真，该环节不会开始', 'The condition is never true, so the step never starts'),
      text('请更正条件，或删去该环节。', 'Correct the condition, or remove the step.'),
    ),
  constantCondition: (value: string) =>
    words(
      text(`条件始终为 ${value}`, `The condition is always ${value}`),
      text('请在条件中使用表单字段，或删去条件。', 'Use fields of the form in it, or remove it.'),
    ),
  undecided: (fault: string) =>
    words(
      text(
        `对有效的表单，条件既不为真也不为假：${FAULTS_IN_CHINESE[fault] ?? fault}`,
        `For a valid form, the condition is neither true nor false: ${fault}`,
      ),
      text(
        '请处理空字段：if x = null then false else …，或用 = 和 != 比较。',
        'Handle empty fields: if x = null then false else …, or compare with = and !=.',
      ),
    ),
} as const;

/** The sentences of `domain/matter/expressions.ts`. Warnings of FEEL have a code and are not translated. */
const FAULTS_IN_CHINESE: Readonly<Record<string, string>> = {
  'it cannot be evaluated': '无法计算',
  'it gives neither true nor false': '结果既不为真也不为假',
};
