import { suggest, type DefinitionPath, type Finding } from './findings.ts';
import { MAX_FORM_VALUES } from '../matter/bounds.ts';
import { OWN_FUNCTIONS } from '../matter/functions.ts';
import type { Field, Matter } from '../matter/schema.ts';
import { MATTER_FINDINGS, type FindingWords } from '../words/findings.ts';

/** Names that every expression has already. */
const RESERVED = ['item', 'index', 'now', 'today', 'results', ...Object.keys(OWN_FUNCTIONS)];
/** Names that are not safe as keys of a JavaScript object. */
const UNSAFE = ['prototype', ...Object.getOwnPropertyNames(Object.prototype)];
/** FEEL keywords that cannot be names. */
const FEEL_WORDS =
  'and or not in if then else for return some every satisfies between instance of function external true false null date time duration list context partial'.split(
    ' ',
  );

/** Checks that fields fit their type, that ids are unique and that checks name existing fields. */
export const lintForm = (matter: Matter): Finding[] => [
  ...lintFields(matter.form, ['form']),
  ...lintSize(matter.form),
  ...matter.form.flatMap(({ id }, index) => lintReserved(id, ['form', index, 'id'])),
  ...matter.derived.flatMap(({ id }, index) => lintReserved(id, ['derived', index, 'id'])),
  ...lintIds([...matter.form, ...matter.derived], (_, index) =>
    index < matter.form.length ? ['form', index, 'id'] : ['derived', index - matter.form.length, 'id'],
  ),
  ...lintIds(matter.checks, (_, index) => ['checks', index, 'id']),
  ...matter.checks.flatMap((check, index) => lintCheck(matter, check, ['checks', index])),
];

/** Every id but the first of its kind. */
export const lintIds = <T extends { id: string }>(
  items: readonly T[],
  pathOf: (item: T, index: number) => DefinitionPath,
): Finding[] =>
  items.flatMap((item, index) =>
    items.findIndex(({ id }) => id === item.id) === index
      ? []
      : [
          {
            rule: 'duplicate-id',
            path: pathOf(item, index),
            ...MATTER_FINDINGS.duplicateId(item.id),
          },
        ],
  );

/** The finding about a path such as `children[].name`; empty: it is valid. */
export const lintFieldPath = (fields: readonly Field[], text: string, path: DefinitionPath): Finding[] => {
  const reportUnknown = (words: FindingWords): Finding[] => [{ rule: 'unknown-field', path, ...words }];
  let inside = fields;
  const parts = text.split('.');
  for (const [depth, part] of parts.entries()) {
    const id = part.replace('[]', '');
    const field = inside.find((candidate) => candidate.id === id);
    const ids = inside.map((candidate) => candidate.id);
    if (!field) return reportUnknown(MATTER_FINDINGS.noField(text, id, suggest(id, ids)));
    const isList = field.type === 'list';
    if (part.endsWith('[]') && !isList) return reportUnknown(MATTER_FINDINGS.notAList(id));
    if (isList && !part.endsWith('[]') && depth < parts.length - 1) {
      return reportUnknown(MATTER_FINDINGS.isAList(id));
    }
    inside = field.fields ?? [];
  }
  return [];
};

/** A form with every list full must be one that `checkForm` reads. */
const lintSize = (fields: readonly Field[]): Finding[] => {
  const most = mostValues(fields);
  if (most <= MAX_FORM_VALUES) return [];
  return [
    {
      rule: 'form-too-large',
      path: ['form'],
      ...MATTER_FINDINGS.formTooLarge(most, MAX_FORM_VALUES),
    },
  ];
};

/** A list without `maxItems` has a finding of its own. */
const mostValues = (fields: readonly Field[]): number =>
  fields.reduce((sum, { type, fields: inside = [], maxItems = 0 }) => {
    const ofOne = mostValues(inside);
    return sum + 1 + (type === 'list' ? maxItems * (1 + ofOne) : ofOne);
  }, 0);

const lintReserved = (id: string, path: DefinitionPath): Finding[] =>
  RESERVED.includes(id) || FEEL_WORDS.includes(id)
    ? [
        {
          rule: 'reserved-name',
          path,
          ...MATTER_FINDINGS.reservedName(id),
        },
      ]
    : [];

/** Checks fields of the form or of a result: ids, types and what belongs to each type. */
export const lintFields = (fields: readonly Field[], path: DefinitionPath): Finding[] => [
  // The outermost fields are compared together with the derived names.
  ...(path.length > 1 ? lintIds(fields, (_, index) => [...path, index, 'id']) : []),
  ...fields.flatMap((field, index) => [
    ...lintField(field, [...path, index]),
    ...lintFormatBy(field, fields, [...path, index, 'formatBy']),
  ]),
];

/** The field of `formatBy` is a choice beside it, and the formats are for its values. */
const lintFormatBy = ({ format, formatBy }: Field, beside: readonly Field[], path: DefinitionPath): Finding[] => {
  if (!formatBy) return [];
  const found = beside.find(({ id }) => id === formatBy.field);
  if (found?.type !== 'choice' || format !== undefined) {
    const choices = beside.filter(({ type }) => type === 'choice').map(({ id }) => id);
    const words = MATTER_FINDINGS.formatByChoice(formatBy.field, suggest(formatBy.field, choices));
    return [{ rule: 'field-shape', path: [...path, 'field'], ...words }];
  }
  const values = (found.choices ?? []).map(({ value }) => value);
  return Object.keys(formatBy.formats)
    .filter((value) => !values.includes(value))
    .map((value) => ({
      ...{ rule: 'field-shape', path: [...path, 'formats', value], atKey: true },
      ...MATTER_FINDINGS.formatByValue(value, suggest(value, values)),
    }));
};

type Property = Exclude<keyof Field, 'id' | 'name' | 'type' | 'required' | 'personal' | 'help'>;

const PROPERTIES: Readonly<Record<Field['type'], readonly Property[]>> = {
  text: ['format', 'minLength', 'maxLength', 'formatBy'],
  integer: ['minimum', 'maximum'],
  number: ['minimum', 'maximum', 'decimals'],
  boolean: [],
  choice: ['choices'],
  group: ['fields'],
  list: ['fields', 'minItems', 'maxItems'],
};
const ALL_PROPERTIES = [...new Set(Object.values(PROPERTIES).flat())];

const lintField = (field: Field, path: DefinitionPath): Finding[] => {
  const { id, type, fields = [], choices = [] } = field;
  const finding = (at: DefinitionPath, words: FindingWords): Finding => ({ rule: 'field-shape', path: at, ...words });
  const allowed = PROPERTIES[type];
  const wrong = ALL_PROPERTIES.filter((property) => field[property] !== undefined && !allowed.includes(property));
  const isEmpty = { choices: choices.length === 0, fields: fields.length === 0 };
  const missing = (['choices', 'fields'] as const).filter(
    (property) => allowed.includes(property) && isEmpty[property],
  );
  const ranges = [
    ['minimum', 'maximum'],
    ['minLength', 'maxLength'],
    ['minItems', 'maxItems'],
  ] as const;
  return [
    ...wrong.map((property): Finding => ({
      ...finding([...path, property], MATTER_FINDINGS.wrongProperty(id, type, property, allowed)),
      atKey: true,
    })),
    ...missing.map((property) => finding(path, MATTER_FINDINGS.missingProperty(id, type, property))),
    ...(type === 'list' && field.maxItems === undefined
      ? [finding(path, MATTER_FINDINGS.missingProperty(id, type, 'maxItems'))]
      : []),
    ...ranges
      .filter(([low, high]) => (field[low] ?? -Infinity) > (field[high] ?? Infinity))
      .map(([low, high]) => finding([...path, low], MATTER_FINDINGS.range(id, low, high))),
    ...lintIds(
      choices.map(({ value }) => ({ id: value })),
      (_, index) => [...path, 'choices', index, 'value'],
    ),
    ...(UNSAFE.includes(id)
      ? [
          {
            rule: 'reserved-name',
            path: [...path, 'id'],
            ...MATTER_FINDINGS.unsafeName(id),
          },
        ]
      : []),
    ...lintFields(fields, [...path, 'fields']),
  ];
};

const lintCheck = (matter: Matter, { field, each }: Matter['checks'][number], path: DefinitionPath): Finding[] => {
  const list = matter.form.find(({ id }) => id === each);
  if (each !== undefined && list?.type !== 'list') return [reportUnknownList(matter, each, [...path, 'each'])];
  const findings = lintFieldPath(matter.form, field, [...path, 'field']);
  const items = field.split('[]').length - 1;
  const isOfEach = each !== undefined && field.startsWith(`${each}[]`) && items === 1;
  if (findings.length > 0 || items === 0 || isOfEach) return findings;
  return [
    {
      rule: 'unknown-field',
      path: [...path, 'field'],
      ...MATTER_FINDINGS.checkWithoutItem(field, field.split('[]')[0] ?? ''),
    },
  ];
};

/** The finding that `id` is not a list at the top of the form. */
export const reportUnknownList = (matter: Matter, id: string, path: DefinitionPath): Finding => ({
  rule: 'unknown-list',
  path,
  ...MATTER_FINDINGS.unknownList(
    id,
    suggest(
      id,
      matter.form.filter(({ type }) => type === 'list').map((field) => field.id),
    ),
  ),
});
