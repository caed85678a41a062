import { findStep } from '../../domain/matter/compile.ts';
import { maskValue } from '../../domain/form/mask.ts';
import { resultFields } from '../../domain/matter/results.ts';
import type { Matter, ResultField } from '../../domain/matter/schema.ts';

/** A result as people see it beside a decision: personal values are masked. */
export const resultView = (
  matter: Matter,
  stepId: string,
  result: Readonly<Record<string, unknown>>,
): Record<string, unknown> => {
  const personal = new Map(
    resultFieldsOf(matter, stepId)
      .filter((field) => field.personal)
      .map((field) => [field.id, field.format]),
  );
  return Object.fromEntries(
    Object.entries(result).map(([id, value]) => [id, personal.has(id) ? maskValue(personal.get(id), value) : value]),
  );
};

/** The fields that a step of the plan gives. */
export const resultFieldsOf = (matter: Matter, stepId: string): ResultField[] => {
  const found = findStep(matter, stepId);
  return found ? [...resultFields(found.step)] : [];
};
