import type { Need, Step } from './schema.ts';

/** The step ids that a need names. */
export const listNeedIds = (need: Need): string[] => {
  if (typeof need === 'string') return [need];
  if ('anyOf' in need) return need.anyOf;
  return 'settled' in need ? need.settled : need.someOf;
};

/**
 * The steps in dependency order, otherwise as written; or, if there is a cycle, the cycle from the
 * step that closes it back to itself. Needs that name no step are left out.
 */
export const sortSteps = (steps: readonly Step[]): { steps: Step[] } | { cycle: string[] } => {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const sorted: Step[] = [];
  const settled = new Set<string>();

  const visit = (step: Step, path: string[]): string[] | undefined => {
    if (settled.has(step.id)) return undefined;
    const start = path.indexOf(step.id);
    if (start >= 0) return [...path.slice(start), step.id];
    for (const id of step.needs.flatMap(listNeedIds)) {
      const needed = byId.get(id);
      const cycle = needed && visit(needed, [...path, step.id]);
      if (cycle) return cycle;
    }
    settled.add(step.id);
    sorted.push(step);
    return undefined;
  };

  for (const step of steps) {
    const cycle = visit(step, []);
    if (cycle) return { cycle };
  }
  return { steps: sorted };
};
