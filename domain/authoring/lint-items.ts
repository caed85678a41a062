import { suggest, type DefinitionPath, type Finding } from './findings.ts';
import { lintIds } from './lint-form.ts';
import { lintLimits } from './lint-steps.ts';
import type { Item, Matter } from '../matter/schema.ts';
import { MATTER_FINDINGS } from '../words/findings.ts';

/**
 * Checks that items name existing steps, each step in at most one item, and that repeated steps
 * have an item of their own list.
 */
export const lintItems = (matter: Matter, agencies: readonly string[]): Finding[] => {
  const itemOf = new Map<string, string>();
  return [
    ...lintIds(matter.items, (_, index) => ['items', index, 'id']),
    ...matter.items.flatMap((item, index) => [
      ...(agencies.includes(item.lead)
        ? []
        : [
            {
              rule: 'unknown-agency',
              path: ['items', index, 'lead'],
              ...MATTER_FINDINGS.unknown('agency', item.lead, suggest(item.lead, agencies)),
            },
          ]),
      ...lintLimits(item.limit, ['items', index, 'limit']),
      ...lintItemSteps(matter, item, ['items', index, 'steps'], itemOf),
    ]),
  ];
};

const lintItemSteps = (matter: Matter, item: Item, path: DefinitionPath, itemOf: Map<string, string>): Finding[] => {
  const listOf = new Map(matter.steps.map(({ id, forEach }) => [id, forEach]));
  const [first = ''] = item.steps;
  return item.steps.flatMap((id, index): Finding[] => {
    const at = [...path, index];
    if (!listOf.has(id)) {
      return [
        { rule: 'unknown-step', path: at, ...MATTER_FINDINGS.unknown('step', id, suggest(id, [...listOf.keys()])) },
      ];
    }
    const other = itemOf.get(id);
    itemOf.set(id, item.id);
    if (other !== undefined) {
      return [{ rule: 'step-in-two-items', path: at, ...MATTER_FINDINGS.stepInTwoItems(id, other) }];
    }
    return listOf.get(id) === listOf.get(first)
      ? []
      : [{ rule: 'item-of-two-lists', path: at, ...MATTER_FINDINGS.itemOfTwoLists(id, first) }];
  });
};
