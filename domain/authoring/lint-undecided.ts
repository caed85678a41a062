import { FORMAT_EXAMPLES, formatOf } from '../form/fields.ts';
import { evaluateDate, judge } from '../matter/expressions.ts';
import { EXPRESSION_FINDINGS } from '../words/expression-findings.ts';
import { pathText, type DefinitionPath, type Finding } from './findings.ts';
import { checkForm } from '../form/form.ts';
import { listConditions, listDates, type Condition } from './lint-expressions.ts';
import type { Field, Matter } from '../matter/schema.ts';
import { caseScope, itemScope, listItems } from '../matter/scope.ts';
import { isForm, type Clock, type Form, type FormValue } from '../matter/values.ts';

/** An instant after the dates in the examples. */
const CLOCK: Clock = { now: Date.UTC(2024, 10, 21) };

/**
 * How an invented form is filled in: every field or only the required ones; which choice is taken.
 */
interface Variant {
  full: boolean;
  choice: number;
}

const VARIANTS: readonly Variant[] = [0, 1, 2].flatMap((choice) => [
  { full: false, choice },
  { full: true, choice },
]);

/**
 * Finds conditions that are neither true nor false for a valid form, usually because a field may be
 * empty. They are tried on a few invented forms; in production such a condition would stop the case
 * (`compilePlan` throws). A rule of an instant step may be undecided: the step then goes to a
 * person.
 */
export const lintUndecided = (matter: Matter): Finding[] => {
  const found = new Map<string, Finding>();
  const add = (path: DefinitionPath, fault: string): unknown =>
    found.set(pathText(path), {
      rule: 'undecided-condition',
      path,
      ...EXPRESSION_FINDINGS.undecided(fault),
    });
  for (const variant of VARIANTS) {
    const { scope, faults } = caseScope(matter, inventForm(matter, variant), CLOCK);
    for (const [index, { id }] of matter.derived.entries()) {
      const fault = faults.find((one) => one.id === id);
      if (fault) add(['derived', index, 'expr'], fault.fault);
    }
    const scopeOf = ({ list }: Condition) =>
      list === undefined ? scope : itemScope(scope, listItems(scope, list)[0], 0);
    const hasItem = ({ list }: Condition) => list === undefined || listItems(scope, list).length > 0;
    for (const condition of listDates(matter).filter(hasItem)) {
      const read = evaluateDate(condition.expr, scopeOf(condition));
      if (read.date === undefined)
        found.set(pathText(condition.path), { rule: 'no-date', path: condition.path, ...EXPRESSION_FINDINGS.noDate() });
    }
    for (const condition of listConditions(matter).filter(hasItem)) {
      const { expr, guard, path } = condition;
      const judged = scopeOf(condition);
      const applies = !path.includes('rules') && (guard === undefined || judge(guard, judged).holds === true);
      const judgement = applies ? judge(expr, judged) : { holds: true };
      if (judgement.holds === undefined) add(path, judgement.fault);
    }
  }
  return [...found.values()];
};

/** A complete form: filled in as the variant says, then with everything that is still required. */
const inventForm = (matter: Matter, variant: Variant): Form => {
  const form: Form = variant.full ? inventGroup(matter.form, variant) : {};
  // A filled-in field can require others. Matters do not go deeper than this.
  for (let round = 0; round < 6; round += 1) {
    const checked = checkForm(matter, form, CLOCK);
    const missing = checked.ok ? [] : checked.problems.filter(({ rule }) => rule === 'required');
    for (const { path } of missing) fill(form, matter.form, path.split('.'), variant);
    if (missing.length === 0) break;
  }
  return form;
};

const fill = (
  group: Form,
  fields: readonly Field[],
  [first = '', ...rest]: readonly string[],
  variant: Variant,
): void => {
  const [id = '', place] = first.split(/[[\]]/);
  const field = fields.find((candidate) => candidate.id === id);
  if (!field) return;
  if (rest.length === 0) {
    group[id] = inventValue(field, group, variant);
    return;
  }
  const value = (group[id] ??= {});
  const inside = Array.isArray(value) ? value[Number(place)] : value;
  if (isForm(inside)) fill(inside, field.fields ?? [], rest, variant);
};

const inventGroup = (fields: readonly Field[], variant: Variant): Form => {
  const group: Form = {};
  // A choice stands before the field whose format follows it, or the format is not known yet.
  for (const field of fields) group[field.id] = inventValue(field, group, variant);
  return group;
};

const inventValue = (field: Field, group: Form, variant: Variant): FormValue => {
  const format = formatOf(field, group);
  const { type, minLength = 1, minimum = 1, minItems = 1, choices = [], fields = [] } = field;
  switch (type) {
    case 'text':
      return format ? FORMAT_EXAMPLES[format] : '例'.repeat(minLength);
    case 'integer':
    case 'number':
      return minimum;
    case 'boolean':
      return variant.choice % 2 === 0;
    case 'choice':
      return choices[variant.choice % choices.length]?.value ?? null;
    case 'group':
      return inventGroup(fields, variant);
    case 'list':
      return Array.from({ length: minItems }, () => inventGroup(fields, variant));
  }
};
