import type { Plan } from '../case/plan.ts';
import type { Matter, Step } from './schema.ts';
import { listReads } from './results.ts';
import { listNeedIds } from './sorting.ts';

/**
 * The bounds of a matter: where a definition multiplies, by lists and iterations, it has an upper
 * limit. The linter refuses a definition that can exceed one. The API refuses a case that does.
 */

/**
 * The most steps of a case, with every list full. Ten times the largest case of the catalog without
 * its lists, and few enough that one message takes about a millisecond of computing, the plan stays a
 * twentieth of the largest payload, and all steps of a case can be at one agency at the same time.
 */
export const MAX_STEPS = 200;
/**
 * The most links from a step to others (`needs`, `standsAfter`, `whenFails`) in a case. A step that
 * waits for all steps of another list has a link to each, so links grow faster than steps.
 */
export const MAX_LINKS = 2_000;
/**
 * The most values of a form, groups and list items included. About twice the largest form of the
 * catalog with every list full.
 */
export const MAX_FORM_VALUES = 400;
/** The most numbers of a range in an iteration: `1..12` has 12. */
export const MAX_RANGE = 1_000;
/** How deep `for`, `some`, `every` and filters are nested. */
export const MAX_NESTED_ITERATIONS = 2;
/**
 * The most operations of all expressions together, each for every item that it is judged for, with
 * every list full. They take less than a tenth of a second.
 */
export const MAX_OPERATIONS = 100_000;

export interface PlanSize {
  steps: number;
  links: number;
}

export const isTooLarge = ({ steps, links }: PlanSize): boolean => steps > MAX_STEPS || links > MAX_LINKS;

export const measurePlan = ({ steps }: Plan): PlanSize => ({
  steps: steps.length,
  links: steps.reduce(
    (sum, { needs, undo: { standsAfter = [], whenFails = [] } }) =>
      sum + needs.reduce((of, need) => of + need.of.length, 0) + standsAfter.length + whenFails.length,
    0,
  ),
});

/** The largest plan of a matter: that of a case with every list full in which every step applies. */
export const measureMatter = (matter: Matter): PlanSize => {
  const steps = new Map(matter.steps.map((step) => [step.id, step]));
  const copiesOf = (step: Step): number => listLength(matter, step) * (step.latestSend ? 2 : 1);
  const linksOf = (step: Step): number => {
    const linked = [
      ...step.needs.flatMap(listNeedIds),
      ...listReads(matter.steps, step).map(({ id }) => id),
      ...(step.undo.standsAfter ?? []),
      ...(step.undo.whenFails ?? []),
    ].flatMap((id) => steps.get(id) ?? []);
    const ofOne = linked.map((other) =>
      step.forEach !== undefined && other.forEach === step.forEach ? 1 : copiesOf(other),
    );
    return copiesOf(step) * sum(ofOne);
  };
  return { steps: sum(matter.steps.map(copiesOf)), links: sum(matter.steps.map(linksOf)) };
};

/** How often a step is repeated at most. */
export const listLength = (matter: Matter, { forEach }: Pick<Step, 'forEach'>): number =>
  forEach === undefined ? 1 : (matter.form.find(({ id }) => id === forEach)?.maxItems ?? 1);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
