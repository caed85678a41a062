import { acceptanceDues } from './deemed-acceptance.ts';
import type { Message, Outcome } from './messages.ts';
import { parcelDues, splitParcel } from './parcel-split.ts';
import { pledgeDues } from './pledge.ts';
import { APPLIED, causeOf, refuse, type Run } from './run.ts';
import type { CaseState } from './state.ts';
import { isCaseEnd } from './status.ts';
import { lapseNotice, noticeDues } from './supplement-notice.ts';

/** What the passing of time does to a case. */
export const DUE_KINDS = [
  /** The intake has been silent for too long: the case is deemed accepted. */
  'acceptance',
  /** Missing items have been gathered long enough: the applicant is notified. */
  'gathering',
  'reminder',
  /** The applicant has not answered. */
  'supplement',
  'pledge',
  /** The pledge expired and the gap is still open. */
  'pledge-return',
  /** The parcel is sent with the finished documents. */
  'parcel',
] as const;
export type DueKind = (typeof DUE_KINDS)[number];

/**
 * An instant that a case waits for. `from` is the start of the limit; `at` is the instant itself if
 * it was agreed and not computed.
 */
export interface Due {
  key: string;
  kind: DueKind;
  from: number;
  at?: number;
  stepId?: string;
}

/**
 * Everything that time will do to the case in its present state, as a function of that state: a due
 * that is not in it is no longer due. A key is never used again for another instant.
 */
export const computeDues = (state: CaseState): Due[] => {
  if (isCaseEnd(state.status) || state.closing !== undefined) return [];
  return [...acceptanceDues(state), ...noticeDues(state), ...pledgeDues(state), ...parcelDues(state)];
};

/**
 * An instant has come. It is refused if the case no longer waits for it, because the answer was
 * quicker.
 */
export const fallDue = (run: Run, message: Extract<Message, { kind: 'due' }>): Outcome => {
  const due = computeDues(run.state).find(({ key }) => key === message.key);
  if (!due) return refuse(run, message, 'NOT_DUE');
  const [, noticeId = ''] = due.key.split(':');
  const of = { at: run.at, ...causeOf(message) };
  switch (due.kind) {
    case 'acceptance':
      run.record({ kind: 'case-deemed-accepted', stepId: due.stepId ?? '', ...of });
      break;
    case 'gathering':
      run.record({ kind: 'supplement-notified', at: run.at, noticeId, messageId: message.id });
      break;
    case 'reminder':
      run.record({ kind: 'supplement-reminded', noticeId, ...of });
      break;
    case 'supplement':
      lapseNotice(run, noticeId, message);
      break;
    case 'pledge':
      run.record({ kind: 'pledge-expired', ...of });
      break;
    case 'pledge-return':
      run.record({ kind: 'case-closing', closing: 'return', ...of });
      break;
    case 'parcel':
      splitParcel(run, due.stepId ?? '', message);
      break;
  }
  return APPLIED;
};
