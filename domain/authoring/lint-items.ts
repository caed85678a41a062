import { suggest, type DefinitionPath, type Finding } from './findings.ts';
import { lintIds } from './lint-form.ts';
import { lintLimits } from './lint-steps.ts';
import type { Item, Matter } from '../matter/schema.ts';

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
            finding(
              'unknown-agency',
              ['items', index, 'lead'],
              `There is no agency “${item.lead}”`,
              suggest(item.lead, agencies),
            ),
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
      return [finding('unknown-step', at, `There is no step “${id}”`, suggest(id, [...listOf.keys()]))];
    }
    const other = itemOf.get(id);
    itemOf.set(id, item.id);
    if (other !== undefined) {
      return [
        finding(
          'step-in-two-items',
          at,
          `“${id}” belongs to the item “${other}” already`,
          'Leave it in one of the two.',
        ),
      ];
    }
    return listOf.get(id) === listOf.get(first)
      ? []
      : [
          finding(
            'item-of-two-lists',
            at,
            `“${id}” and “${first}” are repeated over different lists, so they cannot be in one item`,
            'Give it an item of its own, or the same forEach.',
          ),
        ];
  });
};

const finding = (rule: string, path: DefinitionPath, message: string, fix: string): Finding => ({
  rule,
  path,
  message,
  fix,
});
