import type { Message, Outcome } from './messages.ts';
import { listNeeds } from './needs.ts';
import { APPLIED, causeOf, refuse, type Run } from './run.ts';
import { listOpenGaps, receiptOf, stepOf, type CaseState } from './state.ts';
import { isCaseEnd, isStepEnd, isUndoing } from './status.ts';

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
  return [...acceptanceDue(state), ...noticeDues(state), ...pledgeDues(state), ...parcelDues(state)];
};

const acceptanceDue = (state: CaseState): Due[] => {
  const { acceptedBy } = state.plan;
  if (acceptedBy === undefined || state.status !== 'submitted') return [];
  const step = stepOf(state, acceptedBy);
  const silent = step.status === 'submitted' || step.status === 'accepted' || step.status === 'attention';
  // An intake that is being taken back is not accepted by silence: a person settles its undo.
  if (!silent || isUndoing(step)) return [];
  const from = receiptOf(state, acceptedBy);
  return [{ key: `acceptance:${step.round}`, kind: 'acceptance', from, stepId: acceptedBy }];
};

const noticeDues = (state: CaseState): Due[] =>
  Object.entries(state.notices).flatMap(([id, { status, since, notifiedAt, reminded }]): Due[] => {
    if (status === 'gathering') return [{ key: `gathering:${id}`, kind: 'gathering', from: since }];
    if (status !== 'open' || notifiedAt === undefined) return [];
    const lapse: Due = { key: `supplement:${id}`, kind: 'supplement', from: notifiedAt };
    return reminded ? [lapse] : [{ key: `reminder:${id}`, kind: 'reminder', from: notifiedAt }, lapse];
  });

const pledgeDues = (state: CaseState): Due[] => {
  const { pledge } = state.plan;
  if (!pledge || listOpenGaps(state).length === 0) return [];
  const { pledgeExpiredAt } = state;
  if (pledgeExpiredAt !== undefined) return [{ key: 'pledge-return', kind: 'pledge-return', from: pledgeExpiredAt }];
  return [{ key: 'pledge', kind: 'pledge', from: state.receivedAt, at: pledge.until }];
};

/** From the first finished document, while others are missing. */
const parcelDues = (state: CaseState): Due[] =>
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

const splitParcel = (run: Run, stepId: string, message: Extract<Message, { kind: 'due' }>): void => {
  const step = run.state.plan.steps.find(({ id }) => id === stepId);
  if (step?.rest === undefined) return;
  const later = listNeeds(run.state, step).filter((id) => !isStepEnd(stepOf(run.state, id).status));
  run.record({ kind: 'parcel-split', at: run.at, stepId, rest: step.rest, later, ...causeOf(message) });
};
