import type { Message, Outcome, RefusalCode } from './messages.ts';
import { redrive } from './redo.ts';
import { APPLIED, causeOf, refuse, whyNotOpen, type Run } from './run.ts';
import { stepOf, type Notice } from './state.ts';
import type { CaseStanding } from './status.ts';
import { chooseNotice } from './supplement-notice.ts';

/**
 * The window finds something missing. Its request joins those of the agencies, and defers the steps
 * that use it. With `now` the notice goes out at once, with all that was gathered: the applicant is at
 * the counter (当场一次性告知).
 */
export const requestSupplement = (run: Run, message: Extract<Message, { kind: 'supplement-request' }>): Outcome => {
  const code = whyNotOpen(run.state);
  if (code) return refuse(run, message, code);
  const known = message.items.every(({ holds }) => holds.every((id) => run.state.steps[id] !== undefined));
  if (!known) return refuse(run, message, 'STEP_UNKNOWN');
  const noticeId = chooseNotice(run.state);
  const before = run.state.notices[noticeId]?.items.length ?? 0;
  const items = message.items.map(({ holds }, index) => ({ id: `window:${noticeId}:${before + index + 1}`, holds }));
  run.record({ kind: 'supplement-requested', at: run.at, noticeId, items, ...causeOf(message) });
  if (message.now) run.record({ kind: 'supplement-notified', at: run.at, noticeId });
  return APPLIED;
};

/** Why these items of a notice cannot be answered now; undefined: they can. */
export const whyNotAnswer = (
  found: CaseStanding,
  notice: Pick<Notice, 'status' | 'items'> | undefined,
  items: readonly string[],
): RefusalCode | undefined => {
  if (!notice) return 'SUPPLEMENT_UNKNOWN';
  const code = whyNotOpen(found);
  if (code) return code;
  if (notice.status === 'lapsed') return 'SUPPLEMENT_OVER';
  if (!items.every((id) => notice.items.some((item) => item.id === id))) return 'SUPPLEMENT_UNKNOWN';
  const open = notice.items.some(({ id, answered }) => !answered && items.includes(id));
  return open ? undefined : 'SUPPLEMENT_ALREADY_ANSWERED';
};

/**
 * An answer to some items or to all: each agency whose items are all answered gets its step again,
 * in a new round.
 */
export const answerSupplement = (run: Run, message: Extract<Message, { kind: 'supplement-answer' }>): Outcome => {
  const { noticeId, items, affected, nothingFurther, confirmed } = message;
  const code = whyNotAnswer(run.state, run.state.notices[noticeId], items);
  if (code) return refuse(run, message, code);
  const silent = { ...(nothingFurther && { nothingFurther }), ...(confirmed && { confirmed }) };
  run.record({ kind: 'supplement-answered', at: run.at, noticeId, items, ...silent, ...causeOf(message) });
  const asking = stepsOfAnswer(run, noticeId);
  for (const stepId of asking) {
    run.record({ kind: 'step-submitted', at: run.at, stepId, round: stepOf(run.state, stepId).round + 1 });
  }
  redrive(
    run,
    affected.filter((stepId) => !asking.includes(stepId)),
    message,
  );
  return APPLIED;
};

/** The steps that wait for no other item of this notice. */
const stepsOfAnswer = (run: Run, noticeId: string): string[] => {
  const items = run.state.notices[noticeId]?.items ?? [];
  return run.state.plan.steps
    .map(({ id }) => id)
    .filter((id) => {
      const step = stepOf(run.state, id);
      if (step.status !== 'supplement' || step.noticeId !== noticeId) return false;
      return items.every(({ stepId, answered }) => stepId !== id || answered);
    });
};
