import { ANSWERS } from '../case/answers.ts';
import type { DecisionKind } from '../case/messages.ts';
import { suggest, type DefinitionPath, type Finding } from './findings.ts';
import { lintDivision } from './lint-divisions.ts';
import { lintIds, reportUnknownList } from './lint-form.ts';
import { lintResultOrder } from './lint-results.ts';
import { isTooLarge, measureMatter } from '../matter/bounds.ts';
import { listNeedIds, sortSteps } from '../matter/sorting.ts';
import type { Limit, Matter, Step } from '../matter/schema.ts';
import { MATTER_FINDINGS } from '../words/findings.ts';

/** Checks the agencies, needs, undo classes, materials, limits and rules of the steps. */
export const lintSteps = (matter: Matter, agencies: readonly string[]): Finding[] => [
  ...lintReference('unknown-agency', 'agency', matter.lead, agencies, ['lead']),
  ...lintIds(matter.steps, (_, index) => ['steps', index, 'id']),
  ...lintIds(matter.materials, (_, index) => ['materials', index, 'id']),
  ...lintAcceptance(matter),
  ...lintLimits(matter.limit, ['limit']),
  ...matter.materials.flatMap((material, index) => lintMaterial(matter, material, agencies, ['materials', index])),
  ...matter.steps.flatMap((step, index) => lintStep(matter, step, agencies, ['steps', index])),
  ...lintNeeds(matter),
  ...lintSize(matter),
];

const lintReference = (
  rule: string,
  what: 'agency' | 'step' | 'material',
  id: string,
  known: readonly string[],
  path: DefinitionPath,
): Finding[] => (known.includes(id) ? [] : [{ rule, path, ...MATTER_FINDINGS.unknown(what, id, suggest(id, known)) }]);

const listStepIds = (matter: Matter): string[] => matter.steps.map(({ id }) => id);

const lintAcceptance = (matter: Matter): Finding[] => {
  if (matter.acceptedBy === undefined) return [];
  const step = matter.steps.find(({ id }) => id === matter.acceptedBy);
  if (!step) return lintReference('unknown-step', 'step', matter.acceptedBy, listStepIds(matter), ['acceptedBy']);
  const path = ['acceptedBy'];
  if (step.when !== undefined || step.forEach !== undefined) {
    return [{ rule: 'conditional-acceptance', path, ...MATTER_FINDINGS.conditionalAcceptance(step.id) }];
  }
  const possible: readonly DecisionKind[] = ANSWERS[step.kind];
  return possible.includes('refused')
    ? []
    : [{ rule: 'acceptance-never-refused', path, ...MATTER_FINDINGS.acceptanceNeverRefused(step.id) }];
};

const lintMaterial = (
  matter: Matter,
  { id, source }: Matter['materials'][number],
  agencies: readonly string[],
  path: DefinitionPath,
): Finding[] => {
  if (source.kind === 'sharing') {
    return lintReference('unknown-agency', 'agency', source.agency, agencies, [...path, 'source', 'agency']);
  }
  if (source.kind !== 'step') return [];
  const at = [...path, 'source', 'step'];
  const step = matter.steps.find((candidate) => candidate.id === source.step);
  if (!step) return lintReference('unknown-step', 'step', source.step, listStepIds(matter), at);
  return step.output
    ? []
    : [
        {
          rule: 'material-unproduced',
          path: at,
          ...MATTER_FINDINGS.materialUnproduced(id, step.id),
        },
      ];
};

const lintStep = (matter: Matter, step: Step, agencies: readonly string[], path: DefinitionPath): Finding[] => {
  const list = matter.form.find(({ id }) => id === step.forEach);
  const steps = listStepIds(matter);
  const materials = matter.materials.map(({ id }) => id);
  return [
    ...lintReference('unknown-agency', 'agency', step.agency, agencies, [...path, 'agency']),
    ...(step.forEach !== undefined && list?.type !== 'list'
      ? [reportUnknownList(matter, step.forEach, [...path, 'forEach'])]
      : []),
    ...step.needs.flatMap((need, index) =>
      listNeedIds(need).flatMap((id, place) => {
        const inside = typeof need === 'string' ? [] : [...Object.keys(need), place];
        return lintReference('unknown-step', 'step', id, steps, [...path, 'needs', index, ...inside]);
      }),
    ),
    ...(['standsAfter', 'whenFails'] as const).flatMap((key) =>
      (step.undo[key] ?? []).flatMap((id, index) =>
        lintReference('unknown-step', 'step', id, steps, [...path, 'undo', key, index]),
      ),
    ),
    ...lintDivision(matter, step, path),
    ...step.materials.flatMap((id, index) =>
      lintReference('unknown-material', 'material', id, materials, [...path, 'materials', index]),
    ),
    ...lintLimits(step.limit, [...path, 'limit']),
    ...lintWhenText(step, path),
    ...lintRules(step, path),
    ...lintIds(step.rules ?? [], (_, index) => [...path, 'rules', index, 'id']),
    ...lintIds(
      step.refusals.map(({ code }) => ({ id: code })),
      (_, index) => [...path, 'refusals', index, 'code'],
    ),
  ];
};

/** Reports a matter whose largest case has too many steps, at the list that adds most of them. */
const lintSize = (matter: Matter): Finding[] => {
  const size = measureMatter(matter);
  if (!isTooLarge(size)) return [];
  const without = (list: string): number =>
    measureMatter({
      ...matter,
      form: matter.form.map((field) => (field.id === list ? { ...field, maxItems: 1 } : field)),
    }).steps;
  const lists = matter.form
    .map((field, index) => ({ ...field, index, adds: field.type === 'list' ? size.steps - without(field.id) : 0 }))
    .sort((a, b) => b.adds - a.adds);
  const [largest] = lists;
  const isList = largest !== undefined && largest.adds > 0;
  return [
    {
      rule: 'case-too-large',
      path: isList ? ['form', largest.index, 'maxItems'] : ['steps'],
      ...MATTER_FINDINGS.caseTooLarge(size, isList ? largest.id : undefined),
    },
  ];
};

/** A condition also needs a text for people who ask why a step is missing. */
const lintWhenText = ({ id, when, whenText }: Step, path: DefinitionPath): Finding[] => {
  if ((when === undefined) === (whenText === undefined)) return [];
  return when === undefined
    ? [
        {
          rule: 'needless-when-text',
          path: [...path, 'whenText'],
          atKey: true,
          ...MATTER_FINDINGS.needlessWhenText(id),
        },
      ]
    : [
        {
          rule: 'missing',
          path: [...path, 'when'],
          atKey: true,
          ...MATTER_FINDINGS.missingWhenText(id),
        },
      ];
};

const lintRules = ({ id, kind, rules }: Step, path: DefinitionPath): Finding[] => {
  if (kind === 'instant') {
    return (rules ?? []).length > 0
      ? []
      : [
          {
            rule: 'instant-without-rules',
            path: [...path, 'kind'],
            ...MATTER_FINDINGS.instantWithoutRules(id),
          },
        ];
  }
  return rules === undefined
    ? []
    : [
        {
          rule: 'rules-without-instant',
          path: [...path, 'rules'],
          atKey: true,
          ...MATTER_FINDINGS.rulesWithoutInstant(id),
        },
      ];
};

/**
 * Checks that the promised limit is not longer than the statutory one, if both have the same unit.
 */
export const lintLimits = (
  limit: { promised: Limit; statutory?: Limit | undefined },
  path: DefinitionPath,
): Finding[] => {
  const statutory = new Map(Object.entries(limit.statutory ?? {}));
  return Object.entries(limit.promised)
    .filter(([unit, length]) => length > (statutory.get(unit) ?? Infinity))
    .map(([unit]) => ({
      rule: 'limit-order',
      path: [...path, 'promised', unit],
      ...MATTER_FINDINGS.limitOrder(),
    }));
};

/**
 * Finds cycles, and references to steps that come too early or too late. Only judged when every
 * step is known.
 */
const lintNeeds = (matter: Matter): Finding[] => {
  const sorted = sortSteps(matter.steps);
  const place = new Map(matter.steps.map(({ id }, index) => [id, index]));
  if ('cycle' in sorted) {
    const [first = ''] = sorted.cycle;
    return [
      {
        rule: 'cycle',
        path: ['steps', place.get(first) ?? 0, 'needs'],
        ...MATTER_FINDINGS.cycle(sorted.cycle),
      },
    ];
  }
  const before = new Map<string, ReadonlySet<string>>();
  for (const step of sorted.steps) {
    const direct = step.needs.flatMap(listNeedIds);
    before.set(step.id, new Set([...direct, ...direct.flatMap((id) => [...(before.get(id) ?? [])])]));
  }
  return matter.steps.flatMap((step, index) => [
    ...lintUndoOrder(step, before.get(step.id) ?? new Set(), ['steps', index, 'undo']),
    ...lintMaterialOrder(matter, step, before.get(step.id) ?? new Set(), ['steps', index, 'materials']),
    ...lintResultOrder(matter, step, before.get(step.id) ?? new Set(), ['steps', index]),
  ]);
};

const lintUndoOrder = ({ id, undo }: Step, earlier: ReadonlySet<string>, path: DefinitionPath): Finding[] =>
  (['standsAfter', 'whenFails'] as const).flatMap((key) =>
    (undo[key] ?? []).flatMap((other, index): Finding[] =>
      earlier.has(other)
        ? [
            {
              rule: 'undo-order',
              path: [...path, key, index],
              ...MATTER_FINDINGS.undoOrder(other, id, key),
            },
          ]
        : [],
    ),
  );

const lintMaterialOrder = (matter: Matter, step: Step, earlier: ReadonlySet<string>, path: DefinitionPath): Finding[] =>
  step.materials.flatMap((id, index): Finding[] => {
    const source = matter.materials.find((material) => material.id === id)?.source;
    if (source?.kind !== 'step' || earlier.has(source.step)) return [];
    return [
      {
        rule: 'material-order',
        path: [...path, index],
        ...MATTER_FINDINGS.materialOrder(step.id, id, source.step),
      },
    ];
  });
