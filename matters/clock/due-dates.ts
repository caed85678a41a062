import type { Calendar } from '../calendar/calendar.ts';
import { findStep } from '../definition/compile.ts';
import type { Due } from '../engine/dues.ts';
import { addLimit, type Deadline } from '../calendar/limit.ts';
import type { Limit, Matter } from '../definition/schema.ts';

/** Silence of the intake for five working days after receipt accepts the case (行政许可法 art. 32). */
const DEEMED_ACCEPTED_AFTER: Limit = { workingDays: 5 };

/** When what a case waits for comes, by the law's rule or the definition's. */
export const dueDate = (calendar: Calendar, matter: Matter, { kind, from, at, stepId }: Due): Deadline => {
  const within = (limit: Limit): Deadline => addLimit(calendar, from, limit);
  switch (kind) {
    case 'acceptance':
      return within(DEEMED_ACCEPTED_AFTER);
    case 'gathering':
      return { at: from + matter.supplements.gatherMinutes * 60_000, provisional: false };
    case 'reminder':
      return within(matter.supplements.remindAfter);
    case 'supplement':
      return within(matter.supplements.answerWithin);
    case 'pledge':
      return { at: at ?? from, provisional: false };
    case 'pledge-return':
      return within(matter.pledge.returnAfter);
    case 'parcel':
      return within(findStep(matter, stepId ?? '')?.step.latestSend ?? { seconds: 1 });
  }
};
