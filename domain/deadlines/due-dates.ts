import type { Calendar } from '../calendar/calendar.ts';
import { findStep } from '../matter/compile.ts';
import { DEEMED_ACCEPTED_AFTER } from '../case/deemed-acceptance.ts';
import type { Due } from '../case/dues.ts';
import { addLimit, type Deadline } from '../calendar/limit.ts';
import type { Limit, Matter } from '../matter/schema.ts';
import { findNoticeDue, findNoticeSending, findNoticeReminder } from './notice-times.ts';

/** The instant of a due action, by the rule of the law or of the definition. */
export const dueDate = (calendar: Calendar, matter: Matter, { kind, from, at, stepId }: Due): Deadline => {
  const addTo = (limit: Limit): Deadline => addLimit(calendar, from, limit);
  switch (kind) {
    case 'acceptance':
      return addTo(DEEMED_ACCEPTED_AFTER);
    case 'gathering':
      return findNoticeSending(matter, from);
    case 'reminder':
      return findNoticeReminder(calendar, matter, from);
    case 'supplement':
      return findNoticeDue(calendar, matter, from);
    case 'pledge':
      return { at: at ?? from, provisional: false };
    case 'pledge-return':
      return addTo(matter.pledge.returnAfter);
    case 'parcel':
      return addTo(findStep(matter, stepId ?? '')?.step.latestSend ?? { seconds: 1 });
  }
};
