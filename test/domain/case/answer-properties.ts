import type { StepKind } from '../../../domain/case/plan.ts';
import type { StepStatus } from '../../../domain/case/status.ts';
import { walk, type Property } from './walk.ts';

/** The ends that an answer gives a step of each kind. */
const ENDS_OF: Record<StepKind, readonly StepStatus[]> = {
  verify: ['done'],
  review: ['done', 'refused'],
  approve: ['done', 'refused'],
  instant: ['done', 'refused'],
  register: ['done', 'refused'],
  issue: ['done'],
  pay: ['done', 'lapsed'],
  deliver: ['done', 'lapsed'],
  notify: ['done'],
  consult: ['done', 'refused'],
};

export const ANSWER_PROPERTIES = {
  'a step ends only as its kind may end': (run) =>
    walk(run, (state, entry, after) => {
      if (entry.kind !== 'step-decided') return undefined;
      const { kind } = state.plan.steps.find(({ id }) => id === entry.stepId)!;
      const { status } = after.steps[entry.stepId]!;
      return ENDS_OF[kind].includes(status) ? undefined : `${entry.stepId}, ${kind}, ended ${status}`;
    }),

  'no machine refuses the intake or an instant step, and none decides where its rules do not hold': (run) =>
    walk(run, (state, entry) => {
      if (entry.kind !== 'step-decided' || entry.by.role !== 'agency') return undefined;
      const { stepId, decision } = entry;
      const { kind } = state.plan.steps.find(({ id }) => id === stepId)!;
      if (state.steps[stepId]!.attention === 'RULES_NOT_MET') return `a machine decided ${stepId}`;
      const isPersonal = kind === 'instant' || stepId === state.plan.acceptedBy;
      return isPersonal && decision === 'refused' ? `a machine refused ${stepId}` : undefined;
    }),

  'a miss ends nothing: its step waits for a person, and only a person confirms it by papers': (run) =>
    walk(run, (state, entry, after) => {
      if (entry.kind === 'record-missed') {
        const { status, attention } = after.steps[entry.stepId]!;
        return attention === 'RECORD_MISSED' ? undefined : `${entry.stepId} was missed and is ${status}`;
      }
      if (entry.kind !== 'step-decided' || !entry.byPapers) return undefined;
      const { attention } = state.steps[entry.stepId]!;
      const isPerson = ['clerk', 'officer', 'supervisor', 'admin'].includes(entry.by.role);
      return isPerson && attention === 'RECORD_MISSED' ? undefined : `${entry.stepId} was confirmed without a miss`;
    }),
} satisfies Record<string, Property>;
