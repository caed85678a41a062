import type { Due } from './dues.ts';
import type { Message } from './messages.ts';
import { listNeeds } from './needs.ts';
import { causeOf, type Run } from './run.ts';
import { stepOf, type CaseState } from './state.ts';
import { isStepEnd } from './status.ts';

/**
 * A joint parcel waits for its other documents from the first finished one on, for the time that
 * the definition sets (`latestSend`). Then it is split.
 */
export const parcelDues = (state: CaseState): Due[] =>
  state.plan.steps.flatMap((step): Due[] => {
    if (step.rest === undefined || stepOf(state, step.id).status !== 'waiting') return [];
    const papers = listNeeds(state, step).map((id) => stepOf(state, id));
    const ready = papers.filter(({ status }) => status === 'done').map(({ decided }) => decided?.at ?? 0);
    const open = papers.some(({ status }) => !isStepEnd(status));
    if (ready.length === 0 || !open) return [];
    const from = Math.min(...ready);
    // A document that is made again moves the instant.
    return [{ key: `parcel:${step.id}:${from}`, kind: 'parcel', from, stepId: step.id }];
  });

/** Sends the finished documents; a second parcel takes the others. */
export const splitParcel = (run: Run, stepId: string, message: Extract<Message, { kind: 'due' }>): void => {
  const step = run.state.plan.steps.find(({ id }) => id === stepId);
  if (step?.rest === undefined) return;
  const later = listNeeds(run.state, step).filter((id) => !isStepEnd(stepOf(run.state, id).status));
  run.record({ kind: 'parcel-split', at: run.at, stepId, rest: step.rest, later, ...causeOf(message) });
};
