import { hasUnreadable, UNREADABLE_TEXT } from '../characters.ts';
import { hasMoreEntries } from '../entries.ts';
import { checkFormat, formatOf } from './fields.ts';
import type { FieldFormat } from '../matter/field-formats.ts';
import { normalise } from './normalise.ts';
import { MAX_FORM_VALUES } from '../matter/bounds.ts';
import type { Field, Text } from '../matter/schema.ts';
import { isGroup, type Clock, type Form, type FormValue } from '../matter/values.ts';

/**
 * What is wrong with one field. `path` counts list items from 0 (`children[1].birthTime`);
 * `message` never repeats the value.
 */
export interface FormProblem {
  path: string;
  /**
   * `required`, `unknown-field`, `wrong-type`, `unreadable`, `too-short`, `too-long`, `too-small`,
   * `too-large`, `too-many-decimals`, `too-few`, `too-many`, `not-a-choice`, `too-big` (the whole
   * form), the field's format (`citizen-id`, `mobile` …), or the id of one of the matter's checks.
   */
  rule: string;
  message: Text;
}

/** Limits beyond the form of any matter. Anything deeper or larger is not read. */
const MAX_DEPTH = 8;
/** The maximum length of a text if the field does not set one. */
export const MAX_LENGTH = 500;

/**
 * A form as it was read: `form` without empty or wrong values, `given` the paths of all values that
 * were filled in, right or wrong.
 */
export interface ReadForm {
  form: Form;
  given: ReadonlySet<string>;
  problems: FormProblem[];
  /** Values that were kept although they look unusual. */
  warnings: FormProblem[];
  tooBig: boolean;
}

interface Reading {
  clock: Clock;
  given: Set<string>;
  problems: FormProblem[];
  warnings: FormProblem[];
}

/**
 * Reads a form field by field: types, lengths, ranges, choices, formats, unknown fields. Required
 * fields are not checked here.
 */
export const readForm = (fields: readonly Field[], form: unknown, clock: Clock): ReadForm => {
  if (!isWithinBounds(form)) {
    const message = { zh: '表单过大', en: 'The form is too large' };
    const problems = [{ path: '', rule: 'too-big', message }];
    return { form: {}, given: new Set(), problems, warnings: [], tooBig: true };
  }
  const reading: Reading = { clock, given: new Set(), problems: [], warnings: [] };
  const read = isGroup(form) ? readGroup(fields, form, '', reading) : undefined;
  if (!isGroup(form)) reading.problems.push({ path: '', rule: 'wrong-type', message: WRONG_TYPE.group });
  const { given, problems, warnings } = reading;
  return { form: read ?? {}, given, problems, warnings, tooBig: false };
};

const isWithinBounds = (form: unknown): boolean => !hasMoreEntries(form, MAX_FORM_VALUES) && isFlat(form, MAX_DEPTH);

const isFlat = (value: unknown, depth: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth > 0 && Object.values(value).every((inner) => isFlat(inner, depth - 1)));

const UNKNOWN_FIELD: Text = { zh: '该内容不属于本事项', en: 'The form has no such field' };

/** The valid values of the group; undefined when no field is filled in. */
const readGroup = (
  fields: readonly Field[],
  group: Record<string, unknown>,
  prefix: string,
  reading: Reading,
): Form | undefined => {
  const known = new Map(fields.map((field) => [field.id, field]));
  const read: [string, FormValue][] = [];
  for (const [id, value] of Object.entries(group)) {
    const field = known.get(id);
    if (!field) {
      reading.problems.push({ path: prefix + maskUnknownKey(id), rule: 'unknown-field', message: UNKNOWN_FIELD });
      continue;
    }
    const format = formatOf(field, group);
    if (isEmpty(format, value)) continue;
    const before = reading.problems.length;
    const kept = readValue(field, format, value, prefix + id, reading);
    // An empty group counts as absent, a wrong one does not.
    if (kept !== undefined || reading.problems.length > before) reading.given.add(prefix + id);
    if (kept !== undefined) read.push([id, kept]);
  }
  return read.length > 0 ? Object.fromEntries(read) : undefined;
};

/** An unknown key can hold anything, so it is only repeated if it could be the name of a field. */
const maskUnknownKey = (id: string): string => (/^[A-Za-z][A-Za-z_-]{0,30}\d{0,2}$/.test(id) ? id : '?');

const isEmpty = (format: FieldFormat | undefined, value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'string' && normalise(format, value) === '');

const WRONG_TYPE: Readonly<Record<Field['type'], Text>> = {
  text: { zh: '应为文字', en: 'Must be a text' },
  choice: { zh: '应为可选项之一', en: 'Must be one of the choices' },
  boolean: { zh: '应为是或否', en: 'Must be yes or no (true or false)' },
  integer: { zh: '应为整数', en: 'Must be a whole number' },
  number: { zh: '应为数字', en: 'Must be a number' },
  group: { zh: '应为一组内容', en: 'Must be a group of fields (an object)' },
  list: { zh: '应为列表', en: 'Must be a list' },
};

/** The value to keep; undefined when it is empty or wrong. */
const readValue = (
  field: Field,
  format: FieldFormat | undefined,
  value: unknown,
  path: string,
  reading: Reading,
): FormValue | undefined => {
  if (field.type === 'group' && isGroup(value)) return readGroup(field.fields ?? [], value, `${path}.`, reading);
  if (field.type === 'list' && Array.isArray(value)) return readList(field, value, path, reading);
  const read = readSingle(field, format, value, reading.clock);
  if ('kept' in read) {
    if (read.warning) reading.warnings.push({ path, ...read.warning });
    return read.kept;
  }
  reading.problems.push({ path, ...read });
  return undefined;
};

type Rejection = Pick<FormProblem, 'rule' | 'message'>;
type ReadValue = { kept: FormValue; warning?: Rejection } | Rejection;

const readSingle = (field: Field, format: FieldFormat | undefined, value: unknown, clock: Clock): ReadValue => {
  const { type, name, choices } = field;
  if (type === 'text' && typeof value === 'string') return readText(field, format, value, clock);
  if (type === 'boolean' && typeof value === 'boolean') return { kept: value };
  if (type === 'integer' && typeof value === 'number' && Number.isSafeInteger(value)) return readNumber(field, value);
  if (type === 'number' && typeof value === 'number' && Number.isFinite(value)) return readNumber(field, value);
  if (type === 'choice' && typeof value === 'string') {
    return choices?.some((choice) => choice.value === value)
      ? { kept: value }
      : reject('not-a-choice', `${name.zh}不在可选范围内`, `${name.en} is not one of the choices`);
  }
  return { rule: 'wrong-type', message: WRONG_TYPE[type] };
};

const reject = (rule: string, zh: string, en: string): Rejection => ({ rule, message: { zh, en } });

const readText = (
  { name, minLength = 0, maxLength = MAX_LENGTH }: Field,
  format: FieldFormat | undefined,
  raw: string,
  clock: Clock,
): ReadValue => {
  const text = normalise(format, raw);
  const { length } = Array.from(text);
  if (hasUnreadable(text, 'one')) return { rule: 'unreadable', message: UNREADABLE_TEXT.one };
  if (length < minLength)
    return reject(
      'too-short',
      `${name.zh}不少于${minLength}个字`,
      `${name.en} must have at least ${minLength} characters`,
    );
  if (length > maxLength)
    return reject(
      'too-long',
      `${name.zh}不超过${maxLength}个字`,
      `${name.en} must have at most ${maxLength} characters`,
    );
  if (format === undefined) return { kept: text };
  const found = checkFormat(format, text, clock);
  if (found === undefined) return { kept: text };
  const { level, message } = found;
  return level === 'error' ? { rule: format, message } : { kept: text, warning: { rule: format, message } };
};

const readNumber = ({ name, minimum = -Infinity, maximum = Infinity, decimals }: Field, value: number): ReadValue => {
  if (value < minimum)
    return reject('too-small', `${name.zh}不能小于${minimum}`, `${name.en} must be at least ${minimum}`);
  if (value > maximum)
    return reject('too-large', `${name.zh}不能大于${maximum}`, `${name.en} must be at most ${maximum}`);
  return decimals !== undefined && Number(value.toFixed(decimals)) !== value
    ? reject(
        'too-many-decimals',
        `${name.zh}最多${decimals}位小数`,
        `${name.en} must have at most ${decimals} decimal places`,
      )
    : { kept: value };
};

/**
 * A list of the wrong length is read too, so that the problems of its items are reported with it.
 * Of a list that is too long only the items that fit are read: each costs the conditions of its
 * fields.
 */
const readList = (field: Field, items: unknown[], path: string, reading: Reading): FormValue[] | undefined => {
  const { name, fields = [], minItems = 0, maxItems = MAX_FORM_VALUES } = field;
  if (items.length === 0) return undefined;
  const few =
    items.length < minItems &&
    reject('too-few', `${name.zh}至少${minItems}项`, `${name.en} must have at least ${minItems} items`);
  const many =
    items.length > maxItems &&
    reject('too-many', `${name.zh}最多${maxItems}项`, `${name.en} must have at most ${maxItems} items`);
  const length = few || many;
  if (length) reading.problems.push({ path, ...length });
  return items.slice(0, maxItems).map((item, place) => {
    if (isGroup(item)) return readGroup(fields, item, `${path}[${place}].`, reading) ?? {};
    reading.problems.push({ path: `${path}[${place}]`, rule: 'wrong-type', message: WRONG_TYPE.group });
    return {};
  });
};
