import { listReads, parseResultPath, resultFields, resultName } from '../matter/results.ts';
import type { Matter, Step } from '../matter/schema.ts';
import { MATTER_FINDINGS } from '../words/findings.ts';
import { suggest, type DefinitionPath, type Finding } from './findings.ts';
import { lintFieldPath, lintFields, lintIds } from './lint-form.ts';

/** Checks the fields that steps give, and what later steps are sent of them. */
export const lintResults = (matter: Matter): Finding[] => [
  ...matter.steps.flatMap((step, index) => [
    ...lintFields(resultFields(step), ['steps', index, 'output', 'fields']),
    ...step.discloses.flatMap((path, place) => lintDisclosed(matter, step, path, ['steps', index, 'discloses', place])),
  ]),
  ...lintNames(matter.steps),
];

/** In expressions a step has a name without hyphens, which no other step with a result may have. */
const lintNames = (steps: readonly Step[]): Finding[] => {
  const givers = steps.flatMap((step, index) =>
    resultFields(step).length > 0 ? [{ id: resultName(step.id), stepId: step.id, index }] : [],
  );
  return lintIds(
    givers.filter(({ stepId }, place) => givers.findIndex((giver) => giver.stepId === stepId) === place),
    ({ index }) => ['steps', index, 'id'],
  );
};

const lintDisclosed = (matter: Matter, { id, kind }: Step, text: string, path: DefinitionPath): Finding[] => {
  const result = parseResultPath(text);
  if (!result) return lintFieldPath(matter.form, text, path);
  const giver = matter.steps.find((step) => step.id === result.step);
  if (!giver) {
    const fix = suggest(
      result.step,
      matter.steps.filter((step) => resultFields(step).length > 0).map((step) => step.id),
    );
    return [{ rule: 'unknown-step', path, ...MATTER_FINDINGS.unknown('step', result.step, fix) }];
  }
  const fields = resultFields(giver);
  const field = fields.find((candidate) => candidate.id === result.field);
  if (!field) {
    const fix = suggest(
      result.field,
      fields.map((candidate) => candidate.id),
    );
    return [{ rule: 'unknown-result', path, ...MATTER_FINDINGS.unknownResult(giver.id, result.field, fix) }];
  }
  return field.personal && (kind === 'deliver' || kind === 'notify')
    ? [{ rule: 'needless-result', path, ...MATTER_FINDINGS.needlessResult(id, text) }]
    : [];
};

/** Finds results that a step reads and does not wait for. `earlier` are the steps before it. */
export const lintResultOrder = (
  matter: Matter,
  step: Step,
  earlier: ReadonlySet<string>,
  path: DefinitionPath,
): Finding[] =>
  listReads(matter.steps, step)
    .filter(({ id }) => !earlier.has(id))
    .map(({ id }) => {
      const place = step.discloses.findIndex((text) => parseResultPath(text)?.step === id);
      return {
        rule: 'result-order',
        path: place >= 0 ? [...path, 'discloses', place] : [...path, 'rules'],
        ...MATTER_FINDINGS.resultOrder(step.id, id),
      };
    });
