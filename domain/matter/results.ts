import { parseStepId } from '../case/step-id.ts';
import { PAYMENT_FIELDS } from './payment.ts';
import type { Matter, ResultField, Step, Text } from './schema.ts';
import type { Form, ListItem } from './values.ts';

/**
 * Results are data: a step gives the fields of its `output`, and later steps are sent them
 * (`result:<step>.<field>` in `discloses`) or judge them in their rules (`results.<step>.<field>`).
 */

/** A field of the result of a step of the definition. */
export interface ResultPath {
  step: string;
  field: string;
}

/** `result:household-registration.citizenIdNo`; undefined: the path is one of the form. */
export const parseResultPath = (path: string): ResultPath | undefined => {
  const [, step, field] = /^result:([^.]+)\.(.+)$/.exec(path) ?? [];
  return step !== undefined && field !== undefined ? { step, field } : undefined;
};

/** The name of a step in `results`, because names of expressions have no hyphens. */
export const resultName = (stepId: string): string =>
  stepId.replaceAll(/-(.)/g, (_, first: string) => first.toUpperCase());

/** The fields that the agency gives; every payment has the same besides those of the definition. */
export const resultFields = ({ kind, output }: Pick<Step, 'kind' | 'output'>): readonly ResultField[] => [
  ...(kind === 'pay' ? PAYMENT_FIELDS : []),
  ...(output?.fields ?? []),
];

/** The steps of the definition that a step reads, each once. */
export const listReads = (steps: readonly Step[], { discloses, rules = [] }: Step): Step[] => {
  const disclosed = discloses.map((path) => parseResultPath(path)?.step);
  const names = rules.flatMap(({ expr }) => Array.from(expr.matchAll(/\bresults\.(\w+)/g), ([, name]) => name));
  return steps.filter(({ id }) => disclosed.includes(id) || names.includes(resultName(id)));
};

/** The result that a step of the plan gave: valid values of declared fields. */
export interface StepResult {
  stepId: string;
  values: Form;
}

/** A result as the agency of a later step sees it. */
export interface DisclosedResult {
  /** The id of the step in the definition. */
  step: string;
  name: Text;
  /** The item of the list for which the step was repeated, from 1; absent: it was not. */
  item?: number;
  values: Form;
}

/** Returns only the fields of results that the step discloses. */
export const discloseResults = (
  { steps }: Matter,
  { discloses }: Step,
  results: readonly StepResult[],
): DisclosedResult[] => {
  const paths = discloses.flatMap((path) => parseResultPath(path) ?? []);
  return results.flatMap(({ stepId, values }) => {
    const { definition, number } = parseStepId(stepId) ?? {};
    const giver = steps.find(({ id }) => id === definition);
    const fields = paths.filter(({ step }) => step === definition).map(({ field }) => field);
    const open = Object.entries(values).filter(([id]) => fields.includes(id));
    if (!giver || open.length === 0) return [];
    const about = { step: giver.id, name: giver.name, ...(number !== undefined && { item: number }) };
    return [{ ...about, values: Object.fromEntries(open) }];
  });
};

/**
 * What `results` is in the expressions of a step: for each step that it reads a group of values, or
 * a list with a group for each item if only that step is repeated. As in a form, a field without a
 * value is null. `itemsOf` is the number of items of a list.
 */
export const resultScope = (
  matter: Matter,
  { step, item }: { step: Step; item?: ListItem },
  results: readonly StepResult[],
  itemsOf: (list: string) => number,
): Record<string, unknown> =>
  Object.fromEntries(
    listReads(matter.steps, step).map((giver): [string, unknown] => {
      const groupOf = (index: number): Record<string, unknown> => {
        const isGiver = (stepId: string): boolean => {
          const { definition, number = 1 } = parseStepId(stepId) ?? {};
          return definition === giver.id && number === index + 1;
        };
        return fillResult(resultFields(giver), results.find(({ stepId }) => isGiver(stepId))?.values);
      };
      if (giver.forEach === undefined) return [resultName(giver.id), groupOf(0)];
      if (giver.forEach === step.forEach) return [resultName(giver.id), groupOf(item?.index ?? 0)];
      return [resultName(giver.id), Array.from({ length: itemsOf(giver.forEach) }, (_, index) => groupOf(index))];
    }),
  );

const fillResult = (fields: readonly ResultField[], values: Form | undefined): Record<string, unknown> =>
  Object.fromEntries(fields.map(({ id }) => [id, values?.[id] ?? null]));
