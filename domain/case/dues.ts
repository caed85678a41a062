import { acceptanceDues } from './deemed-acceptance.ts';
import type { Message, Outcome } from './messages.ts';
import { parcelDues, splitParcel } from './parcel-split.ts';
import { pledgeDues } from './pledge.ts';
import { APPLIED, causeOf, refuse, type Run } from './run.ts';
import { stepOf, type CaseState } from './state.ts';
import { isCaseEnd, isStepEnd } from './status.ts';

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

const noticeDues = (state: CaseState): Due[] =>
  Object.entries(state.notices).flatMap(([id, { status, since, notifiedAt, reminded }]): Due[] => {
    if (status === 'gathering') return [{ key: `gathering:${id}`, kind: 'gathering', from: since }];
    if (status !== 'open' || notifiedAt === undefined) return [];
    const lapse: Due = { key: `supplement:${id}`, kind: 'supplement', from: notifiedAt };
    return reminded ? [lapse] : [{ key: `reminder:${id}`, kind: 'reminder', from: notifiedAt }, lapse];
  });

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
      lapse(run, noticeId, message);
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

/**
 * No answer in time: the case is returned, or the steps that asked end, by the rule of the
 * definition.
 */
const lapse = (run: Run, noticeId: string, message: Extract<Message, { kind: 'due' }>): void => {
  run.record({ kind: 'supplement-lapsed', at: run.at, noticeId, ...causeOf(message) });
  if (run.state.plan.onSilence === 'return-case') {
    run.record({ kind: 'case-closing', at: run.at, closing: 'return', ...causeOf(message) });
    return;
  }
  const missing = run.state.notices[noticeId]?.items.filter(({ answered }) => !answered) ?? [];
  for (const { id: stepId } of run.state.plan.steps) {
    const { status, round, noticeId: waitsFor } = stepOf(run.state, stepId);
    const asked = status === 'supplement' && waitsFor === noticeId;
    const held = !isStepEnd(status) && round === 0 && missing.some(({ holds }) => holds.includes(stepId));
    if (asked || held) run.record({ kind: 'step-stopped', at: run.at, stepId, because: 'supplement' });
  }
};
