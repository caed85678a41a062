import { judge, type Scope } from '../matter/expressions.ts';
import { findWideDivisions } from '../office/deciding-division.ts';
import { FORMAT_EXAMPLES } from './fields.ts';
import { MAX_LENGTH, readForm, type FormProblem } from './form-reading.ts';
import type { Check, Field, Matter } from '../matter/schema.ts';
import { caseScope, itemScope, listItems } from '../matter/scope.ts';
import { isGroup, type Clock, type Form } from '../matter/values.ts';

export type CheckedForm = { ok: true; form: Form } | { ok: false; problems: FormProblem[] };

/**
 * Checks a whole form and reports every problem at once. The returned form is normalised: texts as
 * normalise.ts says, without empty values (null, an empty text, list or group). A required group or
 * list is checked by its own required fields: `required: true` in a group that is absent requires
 * nothing, a condition always does. A check is skipped if its field already has a problem. A check
 * that cannot be judged although nothing else is wrong fails.
 */
export const checkForm = (matter: Matter, form: unknown, clock: Clock): CheckedForm => {
  const read = readForm(matter.form, form, clock);
  if (read.tooBig) return { ok: false, problems: read.problems };
  const { scope } = caseScope(matter, read.form, clock);
  const problems = [...read.problems, ...findMissingFields(matter.form, scope, scope, '', true, read.given)];

  const wide = findWideDivisions(matter, read.form);
  problems.push(...wide.map(({ path, message }) => ({ path, rule: 'division', message })));
  const wrong = new Set(problems.map(({ path }) => path));
  const failed = matter.checks.flatMap((check) => failuresOf(check, scope, wrong));
  const certain = failed.filter(({ undecided }) => !undecided);
  problems.push(...(problems.length + certain.length === 0 ? failed : certain).map(({ problem }) => problem));
  return problems.length === 0 ? { ok: true, form: read.form } : { ok: false, problems };
};

/**
 * The required fields that are not filled in. `group` is the enclosing group as expressions see it;
 * `there`: the group is filled in.
 */
const findMissingFields = (
  fields: readonly Field[],
  scope: Scope,
  group: unknown,
  prefix: string,
  there: boolean,
  given: ReadonlySet<string>,
): FormProblem[] =>
  fields.flatMap((field) => {
    const path = prefix + field.id;
    const isGiven = given.has(path);
    const must =
      typeof field.required === 'string'
        ? judge(field.required, scope).holds === true
        : field.required === true && there;
    const value = isGroup(group) ? group[field.id] : undefined;
    const inside =
      field.type === 'list'
        ? (Array.isArray(value) ? value : []).flatMap((item, place) =>
            findMissingFields(
              field.fields ?? [],
              itemScope(scope, item, place),
              item,
              `${path}[${place}].`,
              true,
              given,
            ),
          )
        : findMissingFields(field.fields ?? [], scope, value, `${path}.`, isGiven || must, given);
    return must && !isGiven && inside.length === 0 ? [requiredProblem(field, path)] : inside;
  });

export const requiredProblem = ({ name }: Pick<Field, 'name'>, path: string): FormProblem => ({
  path,
  rule: 'required',
  message: { zh: `请填写${name.zh}`, en: `${name.en} is required` },
});

interface Failure {
  problem: FormProblem;
  /** The check is neither true nor false. */
  undecided: boolean;
}

const failuresOf = (check: Check, scope: Scope, wrong: ReadonlySet<string>): Failure[] => {
  const scopes =
    check.each === undefined
      ? [scope]
      : listItems(scope, check.each).map((item, place) => itemScope(scope, item, place));
  return scopes.flatMap((judged, place): Failure[] => {
    const path = check.field.replace('[]', `[${place}]`);
    if (wrong.has(path)) return [];
    const applies = check.when === undefined ? true : judge(check.when, judged).holds;
    if (applies === false) return [];
    const holds = judge(check.expr, judged).holds;
    if (applies && holds) return [];
    return [{ problem: { path, rule: check.id, message: check.message }, undecided: !applies || holds === undefined }];
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
  const { type, format, minLength, maxLength = MAX_LENGTH, minimum, maximum, decimals, minItems, maxItems } = field;
  switch (type) {
    case 'text':
      return {
        type: 'string',
        ...(minLength !== undefined && { minLength }),
        maxLength,
        ...(format && { 'x-format': format, examples: [FORMAT_EXAMPLES[format]] }),
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
