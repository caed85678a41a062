import { resultFields } from '../matter/results.ts';
import type { Step } from '../matter/schema.ts';
import { isGroup, type Clock, type Form } from '../matter/values.ts';
import { requiredProblem } from './form.ts';
import { readForm, type FormProblem } from './form-reading.ts';

/** The result of a step as it was read. `problems`: then there are no values. */
export interface ReadResult {
  values: Form;
  problems: FormProblem[];
}

/**
 * Reads the declared fields of the result that came with an approval, as the fields of a form are
 * read, and reports every problem at once. Undeclared values are no problem and no data: people see
 * them beside the decision. A result with a problem has no values, so that none is half kept.
 */
export const readResult = (step: Pick<Step, 'kind' | 'output'>, result: unknown, clock: Clock): ReadResult => {
  const fields = resultFields(step);
  const given = isGroup(result) ? result : {};
  const declared = Object.fromEntries(
    fields.filter(({ id }) => Object.hasOwn(given, id)).map(({ id }): [string, unknown] => [id, given[id]]),
  );
  const read = readForm(fields, declared, clock);
  const missing = fields.filter(({ id, required }) => required && !read.given.has(id));
  const problems = [...read.problems, ...missing.map((field) => requiredProblem(field, field.id))];
  return problems.length === 0 ? { values: read.form, problems } : { values: {}, problems };
};
