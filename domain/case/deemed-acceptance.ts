import type { Due } from './dues.ts';
import { receiptOf, stepOf, type CaseState } from './state.ts';
import { isUndoing } from './status.ts';

/**
 * If the intake does not answer for five working days after receipt, the case is accepted (行政许可法
 * art. 32).
 */
export const DEEMED_ACCEPTED_AFTER = { workingDays: 5 } as const;

/** The intake has been silent since it received the case. */
export const acceptanceDues = (state: CaseState): Due[] => {
  const { acceptedBy } = state.plan;
  if (acceptedBy === undefined || state.status !== 'submitted') return [];
  const step = stepOf(state, acceptedBy);
  const silent = step.status === 'submitted' || step.status === 'accepted' || step.status === 'attention';
  // An intake that returned a parcel has spoken. One that is being taken back is not accepted by
  // silence: a person settles its undo.
  if (!silent || step.attention === 'PARCEL_RETURNED' || isUndoing(step)) return [];
  const from = receiptOf(state, acceptedBy);
  return [{ key: `acceptance:${step.round}`, kind: 'acceptance', from, stepId: acceptedBy }];
};
