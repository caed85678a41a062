import {
  STEP_KINDS,
  UNDO_CLASSES,
  type Plan,
  type PlanGap,
  type PlanNeed,
  type PlanStep,
} from '../../../domain/case/plan.ts';
import type { Random } from './random.ts';

const MODES: PlanNeed['mode'][] = ['all', 'all', 'all', 'any', 'settled', 'some'];

/**
 * A plan of 1 to 14 steps with every kind of need, undo and condition, in an order that respects
 * the needs.
 */
export const randomPlan = (random: Random): Plan => {
  const steps: PlanStep[] = [];
  const count = 1 + random.below(14);
  for (let index = 0; index < count; index += 1) {
    const earlier = steps.map((step) => step.id);
    const step: PlanStep = {
      id: `step-${index}`,
      agency: `agency-${random.below(4)}`,
      kind: random.pick(STEP_KINDS),
      needs: earlier.length === 0 ? [] : randomNeeds(random, earlier),
      undo: { class: random.pick(UNDO_CLASSES) },
      ...(random.chance(0.3) ? { extension: 5 } : {}),
      ...(random.chance(0.12) ? { skip: true as const } : {}),
    };
    if (earlier.length > 0 && random.chance(0.3)) {
      step.reads = [random.pick(earlier)];
      step.needs.push({ mode: 'settled', of: step.reads });
    }
    steps.push(...(earlier.length > 1 && !step.skip && random.chance(0.15) ? parcel(step, earlier) : [step]));
  }
  const ids = steps.map((step) => step.id);
  for (const step of steps) {
    if (random.chance(0.2)) step.undo.standsAfter = [random.pick(ids)];
    if (random.chance(0.2)) step.undo.whenFails = [random.pick(ids)];
  }
  const gate = steps.find((step) => !step.skip);
  const partial = random.chance(0.7);
  const onSilence = random.pick(['return-case', 'stop-step'] as const);
  const isGated = gate !== undefined && random.chance(0.3);
  // The linter lets only a step that can be refused accept the case.
  if (isGated) gate.kind = 'review';
  return {
    matter: 'random-matter',
    version: 1,
    hash: '0'.repeat(64),
    partial,
    onSilence,
    steps,
    ...(isGated ? { acceptedBy: gate.id } : {}),
    ...(random.chance(0.25) ? { pledge: { until: 1_000, gaps: randomGaps(random, ids) } } : {}),
  };
};

/** A joint parcel, and the step that takes what it did not wait for. */
const parcel = (step: PlanStep, papers: string[]): PlanStep[] => {
  const rest = `${step.id}.2`;
  const needs: PlanNeed[] = [{ mode: 'some', of: papers }];
  return [
    { ...step, kind: 'deliver', needs, rest },
    { ...step, kind: 'deliver', needs, id: rest, skip: true },
  ];
};

const randomGaps = (random: Random, ids: string[]): PlanGap[] =>
  Array.from({ length: 1 + random.below(2) }, (_, index) => ({
    material: `material-${index}`,
    holds: [...new Set([random.pick(ids), random.pick(ids)])],
  }));

const randomNeeds = (random: Random, earlier: string[]): PlanNeed[] =>
  Array.from({ length: random.below(3) }, () => ({
    mode: random.pick(MODES),
    of: [...new Set(Array.from({ length: 1 + random.below(3) }, () => random.pick(earlier)))],
  }));
