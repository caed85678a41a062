import type { AgencyRecord } from '../../db/agencies.ts';
import type { StepRow } from '../../db/steps.ts';
import type { StallCause, WaitingOn } from '../contract.ts';

/** Whose turn it is in a step: the first thing that anybody asks about a case. */
export const waitingOn = (step: StepRow, agency: AgencyRecord | undefined): WaitingOn => {
  switch (step.status) {
    case 'waiting':
      return 'upstream';
    case 'ready':
      return 'system';
    case 'submitted':
      // Not arrived yet: we are sending, unless it is the agency that does not take it.
      return step.attempts > 0 || step.parkedAt !== undefined ? 'agency' : 'system';
    case 'accepted':
      return agency?.connection === 'push' ? 'agency' : 'officer';
    case 'supplement':
      return 'applicant';
    case 'suspended':
    case 'undoing':
      return 'agency';
    case 'attention':
      return 'officer';
    case 'done':
    case 'refused':
    case 'skipped':
    case 'blocked':
    case 'stopped':
    case 'undone':
      return 'nobody';
  }
};

/** So many failed attempts are no hiccup any more. */
const ATTEMPTS_TO_STALL = 3;
/** So many enquiries without a decision: the agency has gone silent. */
const ENQUIRIES_TO_STALL = 2;
/** An officer who has not decided for this long after the step arrived is idle, whatever the deadline. */
const OFFICER_IDLE_MS = 24 * 3_600_000;

/** Why a step stands still; undefined: it does not. */
export const stallOf = (step: StepRow, agency: AgencyRecord | undefined, now: number): StallCause | undefined => {
  switch (step.status) {
    case 'attention':
      return step.attention?.startsWith('AGENCY_') || step.attention === 'UNDO_REJECTED' ? 'agency-rejected' : 'system';
    case 'submitted':
    case 'undoing':
      return step.attempts >= ATTEMPTS_TO_STALL ? 'agency-unreachable' : undefined;
    case 'accepted':
      if (agency?.connection === 'push') return step.enquiries >= ENQUIRIES_TO_STALL ? 'agency-silent' : undefined;
      return now - step.changedAt >= OFFICER_IDLE_MS ? 'officer-idle' : undefined;
    case 'supplement':
      return 'applicant';
    default:
      return undefined;
  }
};
