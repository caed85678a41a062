import type { StepKind } from '../case/plan.ts';
import type { EscalationLevel, Matter } from '../matter/schema.ts';

/** A step that has turned yellow or red while its agency has it. */
export interface LateStep {
  kind: StepKind;
  light: 'yellow' | 'red';
}

/**
 * What the system does by itself about a late step, at the next time at which the windows are open.
 * Nothing about a check by machine (`verify`): no person can be urged, and a supervisor sees the
 * stall.
 */
export const levelOf = (rules: Matter['supervision'], { kind, light }: LateStep): EscalationLevel =>
  kind === 'verify' ? 'nothing' : rules[light];
