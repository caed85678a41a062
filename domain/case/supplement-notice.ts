import type { Due } from './dues.ts';
import type { Message } from './messages.ts';
import { causeOf, type Run } from './run.ts';
import { stepOf, type CaseState } from './state.ts';
import { isStepEnd } from './status.ts';

/**
 * The supplement notice (一次性告知): what joins it, when it goes out, and what follows if it is not
 * answered. `domain/deadlines/notice-times.ts` has the instants.
 */

/** The notice that gathers requests now. */
export const findGatheringNotice = (state: CaseState): string | undefined =>
  Object.keys(state.notices).find((id) => state.notices[id]?.status === 'gathering');

/** A request joins the notice that is being gathered (一次性告知). */
export const chooseNotice = (state: CaseState): string =>
  findGatheringNotice(state) ?? String(Object.keys(state.notices).length + 1);

/** What time does to a notice: it goes out, the applicant is reminded, it lapses. */
export const noticeDues = (state: CaseState): Due[] =>
  Object.entries(state.notices).flatMap(([id, { status, since, notifiedAt, reminded }]): Due[] => {
    if (status === 'gathering') return [{ key: `gathering:${id}`, kind: 'gathering', from: since }];
    if (status !== 'open' || notifiedAt === undefined) return [];
    const lapse: Due = { key: `supplement:${id}`, kind: 'supplement', from: notifiedAt };
    return reminded ? [lapse] : [{ key: `reminder:${id}`, kind: 'reminder', from: notifiedAt }, lapse];
  });

/**
 * Sends the notice before the end of the gathering if no agency is working that might ask for more.
 * A request of the window has another one beside it more often than not, so its notice gathers to
 * the end.
 */
export const notifyWhenNoAgencyWorks = (run: Run): void => {
  const noticeId = findGatheringNotice(run.state);
  if (noticeId === undefined || run.state.closing !== undefined) return;
  const isOfWindow = run.state.notices[noticeId]?.items.some(({ stepId }) => stepId === undefined);
  if (isOfWindow) return;
  const atWork = Object.values(run.state.steps).some(
    ({ status, parked }) => (status === 'submitted' && parked === undefined) || status === 'accepted',
  );
  if (!atWork) run.record({ kind: 'supplement-notified', at: run.at, noticeId });
};

/**
 * No answer in time: the case is returned, or the steps that asked end, by the rule of the
 * definition.
 */
export const lapseNotice = (run: Run, noticeId: string, message: Extract<Message, { kind: 'due' }>): void => {
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
