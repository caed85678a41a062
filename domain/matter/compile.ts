import type { Plan, PlanNeed, PlanStep, PlanUndo } from '../case/plan.ts';
import { formatStepId, parseStepId } from '../case/step-id.ts';
import { judge, type Scope } from './expressions.ts';
import { listReads } from './results.ts';
import { sortSteps } from './sorting.ts';
import type { Matter, Need, Step, Text } from './schema.ts';
import { caseScope, itemScope, listItems } from './scope.ts';
import type { Clock, Form, ListItem } from './values.ts';

/** Why a step is or is not part of a case; `whenText` is absent if the step always applies. */
export interface PlanReason {
  stepId: string;
  name: Text;
  included: boolean;
  whenText?: Text;
}

/** A step of one case: the step of the definition, for one list item if it is repeated. */
interface Instance {
  id: string;
  step: Step;
  index: number;
  included: boolean;
}

/**
 * Compiles a linted matter for one case. `form` is the result of `checkForm`. It decides which
 * steps apply and how often each is repeated; it is not in the plan. Throws a matter fault (code
 * `MATTER_FAULT`, with the step's id in the message) when a condition is neither true nor false,
 * because skipping the step silently would be worse. `pledge` names the pledged materials (容缺) and
 * the last instant for them.
 */
export const compilePlan = (
  matter: Matter,
  hash: string,
  form: Form,
  clock: Clock,
  pledge?: { materials: readonly string[]; until: number },
): Plan => {
  const steps = planSteps(matter, instancesOf(matter, form, clock));
  return {
    matter: matter.code,
    version: matter.version,
    hash,
    ...(matter.acceptedBy !== undefined && { acceptedBy: matter.acceptedBy }),
    partial: matter.partialCompletion,
    onSilence: matter.supplements.onSilence,
    ...(pledge && {
      pledge: {
        until: pledge.until,
        gaps: pledge.materials.map((material) => ({ material, holds: listStepsToDefer(matter, steps, material) })),
      },
    }),
    steps,
  };
};

/**
 * The steps that wait for a pledged material: the steps that issue something (certificates, the
 * parcel) and depend on the material, directly or through others; if there are none, the steps that
 * use it. Nothing is issued before the material has come in.
 */
const listStepsToDefer = (matter: Matter, steps: readonly PlanStep[], material: string): string[] => {
  const users = steps.filter(({ id }) => findStep(matter, id)?.step.materials.includes(material)).map(({ id }) => id);
  const resting = new Set(users);
  // In the order of the plan every step comes after its needs.
  for (const { id, needs } of steps) {
    if (needs.some(({ of }) => of.some((needed) => resting.has(needed)))) resting.add(id);
  }
  const issued = steps.filter(({ id, kind }) => resting.has(id) && (kind === 'issue' || kind === 'deliver'));
  return issued.length > 0 ? issued.map(({ id }) => id) : users;
};

/**
 * For people: every step of the case in the order of the plan, whether it applies, and the text of
 * its condition.
 */
export const explainPlan = (matter: Matter, form: Form, clock: Clock): PlanReason[] =>
  instancesOf(matter, form, clock).map(({ id, step, included }) => ({
    stepId: id,
    name: step.name,
    included,
    ...(step.whenText && { whenText: step.whenText }),
  }));

/** The definition of a plan's step and, if it is repeated, its list item. */
export interface FoundStep {
  step: Step;
  item?: ListItem;
}

/** By the step's id in the plan; undefined: the matter has no such step. */
export const findStep = (matter: Matter, planStepId: string): FoundStep | undefined => {
  const { definition, number } = parseStepId(planStepId) ?? {};
  const step = matter.steps.find(({ id }) => id === definition);
  if (!step) return undefined;
  // A joint parcel that was split has a second one.
  if (step.forEach === undefined) {
    return number === undefined || (step.latestSend && number === REST) ? { step } : undefined;
  }
  return { step, item: { list: step.forEach, index: (number ?? 1) - 1 } };
};

/**
 * The definition of a plan's step. Throws if the matter has no such step, which is a fault of this
 * program.
 */
export const getStep = (matter: Matter, planStepId: string): Step => {
  const found = findStep(matter, planStepId);
  if (!found) throw new Error(`no step ${planStepId} in ${matter.code} version ${matter.version}`);
  return found.step;
};

/** The agencies to which the steps of a matter are sent. */
export const stepAgencies = ({ steps }: Matter): string[] => [...new Set(steps.map(({ agency }) => agency))];

const instancesOf = (matter: Matter, form: Form, clock: Clock): Instance[] => {
  const { scope, faults } = caseScope(matter, form, clock);
  const [fault] = faults;
  if (fault) throw matterFault(matter, `derived value ${fault.id}`, fault.fault);
  const sorted = sortSteps(matter.steps);
  if ('cycle' in sorted) throw matterFault(matter, 'order of steps', `cycle ${sorted.cycle.join(' → ')}`);
  return sorted.steps.flatMap((step) =>
    listPlanIds(step, scope).map((id, index) => ({ id, step, index, included: applies(matter, step, scope, index) })),
  );
};

/** The number of the step for the documents that a joint parcel did not wait for. */
const REST = 2;

const restOf = (definition: string): string => formatStepId({ definition, number: REST });

/** A single item leaves the step's id as it is; several are numbered from 1. */
const listPlanIds = (step: Step, scope: Scope): string[] => {
  if (step.forEach === undefined) return [step.id];
  const items = listItems(scope, step.forEach);
  return items.length === 1
    ? [step.id]
    : items.map((_, index) => formatStepId({ definition: step.id, number: index + 1 }));
};

const applies = (matter: Matter, step: Step, scope: Scope, index: number): boolean => {
  if (step.when === undefined) return true;
  const judgement = judge(
    step.when,
    step.forEach === undefined ? scope : itemScope(scope, listItems(scope, step.forEach)[index], index),
  );
  if (judgement.holds === undefined) throw matterFault(matter, `condition of step ${step.id}`, judgement.fault);
  return judgement.holds;
};

const planSteps = (matter: Matter, all: readonly Instance[]): PlanStep[] => {
  const idsOf = new Map<string, string[]>(matter.steps.map((step) => [step.id, []]));
  const listOf = new Map(matter.steps.map((step) => [step.id, step.forEach]));
  for (const { id, step } of all) idsOf.get(step.id)?.push(...(step.latestSend ? [id, restOf(id)] : [id]));

  return all.flatMap(({ id, step, index, included }) => {
    /**
     * The step of the same item if both are repeated over one list, otherwise the steps of all
     * items.
     */
    const resolve = (ids: readonly string[]): string[] =>
      ids.flatMap((needed) => {
        const planned = idsOf.get(needed) ?? [];
        const sameList = step.forEach !== undefined && listOf.get(needed) === step.forEach;
        return sameList ? planned.slice(index, index + 1) : planned;
      });
    const reads = resolve(listReads(matter.steps, step).map((giver) => giver.id));
    const planned: PlanStep = {
      id,
      agency: step.agency,
      kind: step.kind,
      needs: planNeeds(step.needs, reads, resolve),
      undo: planUndo(step.undo, resolve),
      ...(reads.length > 0 && { reads }),
      ...(step.limit.outside && { outside: true as const }),
      ...(step.limit.extension !== undefined && { extension: step.limit.extension }),
      ...(!included && { skip: true as const }),
    };
    if (!step.latestSend) return [planned];
    const rest = restOf(id);
    return [
      { ...planned, rest },
      { ...planned, id: rest, skip: true as const },
    ];
  });
};

/**
 * A step also waits for the end of the steps whose results it reads: a need between them may not
 * apply to the case, or be one of several alternatives.
 */
const planNeeds = (
  needs: readonly Need[],
  reads: readonly string[],
  resolve: (ids: readonly string[]) => string[],
): PlanNeed[] => {
  const plain = resolve(needs.filter((need) => typeof need === 'string'));
  const planned: PlanNeed[] = [
    { mode: 'all', of: plain },
    ...needs.flatMap((need): PlanNeed[] => {
      if (typeof need === 'string') return [];
      if ('anyOf' in need) return [{ mode: 'any', of: resolve(need.anyOf) }];
      if ('settled' in need) return [{ mode: 'settled', of: resolve(need.settled) }];
      return [{ mode: 'some', of: resolve(need.someOf) }];
    }),
    { mode: 'settled', of: reads.filter((id) => !plain.includes(id)) },
  ];
  // Nothing to wait for: no plain need, or a list without items.
  return planned.filter(({ of }) => of.length > 0);
};

const planUndo = (undo: Step['undo'], resolve: (ids: readonly string[]) => string[]): PlanUndo => {
  const standsAfter = resolve(undo.standsAfter ?? []);
  const whenFails = resolve(undo.whenFails ?? []);
  return {
    class: undo.class,
    ...(standsAfter.length > 0 && { standsAfter }),
    ...(whenFails.length > 0 && { whenFails }),
  };
};

const matterFault = (matter: Matter, where: string, reason: string): Error =>
  Object.assign(new Error(`Matter ${matter.code} version ${matter.version}: ${where}: ${reason}`), {
    code: 'MATTER_FAULT' as const,
  });
