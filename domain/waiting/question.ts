import type { AgencyFacts } from '../agency/enquiries.ts';
import { getStep } from '../matter/compile.ts';
import type { Matter } from '../matter/schema.ts';
import type { DueKind } from '../case/dues.ts';
import { waitOf, type Surroundings, type WaitingStep } from './step-wait.ts';
import type { Wait } from './wait.ts';

/** The row of a step of a case. */
export interface AskedStep extends WaitingStep {
  stepId: string;
  noticeId?: string | undefined;
}

/** An instant that a case waits for, milliseconds since 1970. */
export interface DueFacts {
  kind: DueKind;
  key: string;
  stepId?: string | undefined;
  dueAt: number;
}

/** The facts around a step: of its matter, its agency, its case. */
export interface StepSurroundings extends Pick<
  Surroundings,
  'now' | 'calendar' | 'notice' | 'ofCase' | 'fault' | 'sending'
> {
  matter: Matter;
  /** Undefined: it is not registered. */
  agency: AgencyFacts | undefined;
  /** Everything that the case waits for. */
  dues: readonly DueFacts[];
}

/**
 * Why a step waits; undefined: it has ended. The page of the case, the watcher, and the instant of
 * the watcher's next check all use this function. Throws if the matter has no such step.
 */
export const waitOfStep = (step: AskedStep, { matter, dues, ...around }: StepSurroundings): Wait | undefined =>
  waitOf(step, {
    ...around,
    limit: getStep(matter, step.stepId).limit.promised,
    dues: duesOf(step, dues),
  });

/**
 * The instants of a case that concern a step: about the step itself, its notice, or the pledge that
 * defers it.
 */
export const duesOf = (
  step: Pick<AskedStep, 'status' | 'because' | 'stepId' | 'noticeId'>,
  dues: readonly DueFacts[],
): Surroundings['dues'] =>
  dues.filter((due) => concernsStep(due, step)).map(({ kind, dueAt }) => ({ kind, at: dueAt }));

const concernsStep = (due: DueFacts, { status, because, stepId, noticeId }: Parameters<typeof duesOf>[0]): boolean => {
  switch (due.kind) {
    case 'acceptance':
    case 'parcel':
      return due.stepId === stepId;
    case 'gathering':
    case 'reminder':
    case 'supplement':
      return status === 'supplement'
        ? due.key === `${due.kind}:${noticeId}`
        : status === 'ready' && because === 'supplement';
    case 'pledge':
    case 'pledge-return':
      return status === 'ready' && (because === 'gap' || because === 'pledge');
  }
};
