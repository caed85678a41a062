import { judge, type Scope } from '../matter/expressions.ts';
import { findWideDivisions } from '../office/deciding-division.ts';
import { findReadsOf, type FindReads } from '../matter/expression-reads.ts';
import { FORMAT_EXAMPLES } from './fields.ts';
import { MAX_LENGTH, readForm, type FormProblem } from './form-reading.ts';
import { createUnknownPlaces, type UnknownPlaces } from './unknown-places.ts';
import type { Check, Field, Matter, Text } from '../matter/schema.ts';
import { caseScope, itemScope, listItems } from '../matter/scope.ts';
import { isGroup, type Clock, type Form } from '../matter/values.ts';

/** Something unusual or not allowed, which a person must confirm. */
export interface FormWarning extends FormProblem {
  /** The places of the form on which it rests; `children[].name` is the name of every item. */
  reads: readonly string[];
}

export type CheckedForm =
  { ok: true; form: Form; warnings: FormWarning[] } | { ok: false; problems: FormProblem[]; warnings: FormWarning[] };

/**
 * Checks a whole form and reports every problem and every warning at once. The returned form is
 * normalised: texts as normalise.ts says, without empty values (null, an empty text, list or group).
 * A required group or list is checked by its own required fields: `required: true` in a group that
 * is absent requires nothing, a condition always does. A check and a condition are not judged if
 * anything that they read is wrong, or missing by mistake. A check that cannot be judged although
 * nothing else is wrong fails.
 */
export const checkForm = (matter: Matter, form: unknown, clock: Clock): CheckedForm => {
  const read = readForm(matter.form, form, clock);
  if (read.tooBig) return { ok: false, problems: read.problems, warnings: [] };
  const { scope } = caseScope(matter, read.form, clock);
  const findReads = findReadsOf(matter);
  const wide = findWideDivisions(matter, read.form).map((problem) => ({ ...problem, rule: 'division' }));
  const wrong = [...read.problems, ...wide];
  const { missing, unknown } = findMissing(matter, { scope, given: read.given, wrong, findReads });
  const problems = [...wrong, ...missing];
  const failed = matter.checks.flatMap((check) => failuresOf(check, scope, unknown, findReads));
  const errors = failed.filter(({ level }) => level === 'error');
  const certain = errors.filter(({ undecided }) => !undecided);
  problems.push(...(problems.length + certain.length === 0 ? errors : certain).map(({ problem }) => problem));
  const isRight = problems.length === 0;
  const warnings = [
    ...read.warnings.map((warning) => ({ ...warning, reads: [warning.path] })),
    ...failed
      .filter(({ level, undecided }) => level === 'warning' && (isRight || !undecided))
      .map(({ problem, reads }) => ({ ...problem, reads })),
  ];
  return isRight ? { ok: true, form: read.form, warnings } : { ok: false, problems, warnings };
};

interface MissingFields {
  /** Required fields that are not filled in. */
  missing: FormProblem[];
  /** Fields that are not filled in, of which it is not known whether they are required. */
  undecided: string[];
}

interface RequiredQuestion {
  scope: Scope;
  given: ReadonlySet<string>;
  wrong: readonly FormProblem[];
  findReads: FindReads;
}

/**
 * A missing field can leave the requirement of another one unknown, so this repeats until nothing
 * new is unknown.
 */
const findMissing = (
  { form }: Matter,
  question: RequiredQuestion,
): { missing: FormProblem[]; unknown: UnknownPlaces } => {
  const wrong = question.wrong.filter(({ rule }) => rule !== 'unknown-field').map(({ path }) => path);
  const wrongAt = new Set(wrong);
  const paths = new Set(wrong);
  for (;;) {
    const unknown = createUnknownPlaces(paths);
    const seek = { ...question, wrongAt, unknown };
    const { missing, undecided } = findMissingFields(form, seek, { group: question.scope, prefix: '', there: true });
    const before = paths.size;
    for (const path of [...missing.map((problem) => problem.path), ...undecided]) paths.add(path);
    if (paths.size === before) return { missing, unknown };
  }
};

/**
 * `group` is the enclosing group as expressions see it; `there`: it is filled in; `list` and `place`:
 * the list and the item in which it is.
 */
interface Enclosing {
  group: unknown;
  prefix: string;
  there: boolean;
  list?: string;
  place?: number;
}

const findMissingFields = (
  fields: readonly Field[],
  question: Omit<RequiredQuestion, 'wrong'> & { wrongAt: ReadonlySet<string>; unknown: UnknownPlaces },
  { group, prefix, there, list, place }: Enclosing,
): MissingFields => {
  const { scope, given, wrongAt, unknown, findReads } = question;
  const found = fields.map((field): MissingFields => {
    const { id, type, required, fields: inside = [] } = field;
    const path = prefix + id;
    // What is in a value of the wrong type is not known.
    if (wrongAt.has(path) && type !== 'list') return NOTHING_MISSING;
    const isGiven = given.has(path);
    const isUnknown =
      typeof required === 'string' &&
      !unknown.isEmpty &&
      findReads(required, list).some((read) => unknown.has(locate(read, place)));
    const must =
      typeof required === 'string' ? !isUnknown && judge(required, scope).holds === true : required === true && there;
    const value = isGroup(group) ? group[id] : undefined;
    const within =
      type === 'list'
        ? mergeMissing(
            (Array.isArray(value) ? value : []).map((item, index) => {
              const itemPath = `${path}[${index}]`;
              if (wrongAt.has(itemPath)) return NOTHING_MISSING;
              return findMissingFields(
                inside,
                { ...question, scope: itemScope(scope, item, index) },
                { group: item, prefix: `${itemPath}.`, there: true, list: path, place: index },
              );
            }),
          )
        : findMissingFields(inside, question, {
            ...{ group: value, prefix: `${path}.`, there: isGiven || must },
            ...(list !== undefined && { list }),
            ...(place !== undefined && { place }),
          });
    if (isGiven || within.missing.length > 0) return within;
    if (must) return { ...within, missing: [requiredProblem(field, path)] };
    return isUnknown ? { ...within, undecided: [...within.undecided, path] } : within;
  });
  return mergeMissing(found);
};

const NOTHING_MISSING: MissingFields = { missing: [], undecided: [] };

const mergeMissing = (all: readonly MissingFields[]): MissingFields => ({
  missing: all.flatMap(({ missing }) => missing),
  undecided: all.flatMap(({ undecided }) => undecided),
});

/** The place of a read (`children[#].name`) for the item that is judged. */
const locate = (read: string, place: number | undefined): string =>
  place === undefined ? read : read.replace('[#]', `[${place}]`);

export const requiredProblem = ({ type, name }: Pick<Field, 'type' | 'name'>, path: string): FormProblem => ({
  path,
  rule: 'required',
  message: REQUIRED_WORDS[type](name),
});

const fillIn = ({ zh, en }: Text): Text => ({ zh: `请填写${zh}`, en: `${en} is required` });
const REQUIRED_WORDS: Readonly<Record<Field['type'], (name: Text) => Text>> = {
  text: fillIn,
  integer: fillIn,
  number: fillIn,
  group: fillIn,
  list: fillIn,
  choice: ({ zh, en }) => ({ zh: `请选择${zh}`, en: `Choose: ${en}` }),
  boolean: ({ zh, en }) => ({ zh: `请选择是否${zh}`, en: `Choose yes or no: ${en}` }),
};

interface Failure {
  problem: FormProblem;
  level: Check['level'];
  reads: readonly string[];
  /** The check is neither true nor false. */
  undecided: boolean;
}

const failuresOf = (check: Check, scope: Scope, unknown: UnknownPlaces, findReads: FindReads): Failure[] => {
  const { each, field, when, expr, level } = check;
  const read = [when ?? '', expr].filter((one) => one !== '').flatMap((one) => findReads(one, each));
  const scopes =
    each === undefined ? [scope] : listItems(scope, each).map((item, place) => itemScope(scope, item, place));
  return scopes.flatMap((judged, place): Failure[] => {
    const path = field.replace('[]', `[${place}]`);
    const reads = [path, ...read.map((one) => locate(one, place))];
    if (reads.some((one) => unknown.has(one))) return [];
    const applies = when === undefined ? true : judge(when, judged).holds;
    if (applies === false) return [];
    const holds = judge(expr, judged).holds;
    if (applies && holds) return [];
    const problem = { path, rule: check.id, message: check.message };
    return [{ problem, level, reads, undecided: !applies || holds === undefined }];
  });
};

/**
 * The form as JSON Schema, draft 2020-12, for those who build requests or screens. It is looser
 * than `checkForm`: formats (`x-format`), conditional requirements (`x-required-when`, FEEL) and
 * checks over several fields are only annotations.
 */
export const jsonSchemaOf = (matter: Matter): Record<string, unknown> => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: matter.name.en,
  'x-name': matter.name,
  ...groupSchema(matter.form),
});

const groupSchema = (fields: readonly Field[]): Record<string, unknown> => ({
  type: 'object',
  properties: Object.fromEntries(fields.map((field) => [field.id, fieldSchema(field)])),
  required: fields.filter((field) => field.required === true).map(({ id }) => id),
  additionalProperties: false,
});

const fieldSchema = (field: Field): Record<string, unknown> => ({
  'x-name': field.name,
  ...(field.help && { 'x-help': field.help }),
  ...(field.personal && { 'x-personal': true }),
  ...(typeof field.required === 'string' && { 'x-required-when': field.required }),
  ...typeSchema(field),
});

const typeSchema = (field: Field): Record<string, unknown> => {
  const {
    type,
    format,
    formatBy,
    minLength,
    maxLength = MAX_LENGTH,
    minimum,
    maximum,
    decimals,
    minItems,
    maxItems,
  } = field;
  switch (type) {
    case 'text':
      return {
        type: 'string',
        ...(minLength !== undefined && { minLength }),
        maxLength,
        ...(format && { 'x-format': format, examples: [FORMAT_EXAMPLES[format]] }),
        ...(formatBy && { 'x-format-by': formatBy }),
      };
    case 'integer':
    case 'number':
      return {
        type,
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
        ...(decimals !== undefined && { 'x-decimals': decimals }),
      };
    case 'boolean':
      return { type };
    case 'choice':
      return {
        type: 'string',
        oneOf: (field.choices ?? []).map(({ value, name }) => ({ const: value, title: name.en, 'x-name': name })),
      };
    case 'group':
      return groupSchema(field.fields ?? []);
    case 'list':
      return {
        type: 'array',
        items: groupSchema(field.fields ?? []),
        ...(minItems !== undefined && { minItems }),
        ...(maxItems !== undefined && { maxItems }),
      };
  }
};
