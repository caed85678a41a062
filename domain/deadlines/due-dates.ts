import type { Calendar } from '../calendar/calendar.ts';
import { findStep } from '../matter/compile.ts';
import type { Due } from '../case/dues.ts';
import { addLimit, type Deadline } from '../calendar/limit.ts';
import type { Limit, Matter } from '../matter/schema.ts';

/**
 * If the intake does not answer for five working days after receipt, the case is accepted (行政许可法
 * art. 32).
 */
const DEEMED_ACCEPTED_AFTER: Limit = { workingDays: 5 };

/** The instant of a due action, by the rule of the law or of the definition. */
export const dueDate = (calendar: Calendar, matter: Matter, { kind, from, at, stepId }: Due): Deadline => {
  const addTo = (limit: Limit): Deadline => addLimit(calendar, from, limit);
  switch (kind) {
    case 'acceptance':
      return addTo(DEEMED_ACCEPTED_AFTER);
    case 'gathering':
      return { at: from + matter.supplements.gatherMinutes * 60_000, provisional: false };
    case 'reminder':
      return addTo(matter.supplements.remindAfter);
    case 'supplement':
      return addTo(matter.supplements.answerWithin);
    case 'pledge':
      return { at: at ?? from, provisional: false };
    case 'pledge-return':
      return addTo(matter.pledge.returnAfter);
    case 'parcel':
      return addTo(findStep(matter, stepId ?? '')?.step.latestSend ?? { seconds: 1 });
  }
};
