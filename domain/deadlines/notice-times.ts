import type { Calendar } from '../calendar/calendar.ts';
import { addLimit, type Deadline } from '../calendar/limit.ts';
import type { Matter } from '../matter/schema.ts';

/**
 * When a supplement notice (一次性告知) goes out: requests are gathered for this long from the first
 * one on, so that the applicant is told everything at once.
 */
export const findNoticeSending = ({ supplements }: Matter, firstRequestAt: number): Deadline => ({
  at: firstRequestAt + supplements.gatherMinutes * 60_000,
  provisional: false,
});

/** When the applicant is reminded of a notice that went out at `notifiedAt`. */
export const findNoticeReminder = (calendar: Calendar, { supplements }: Matter, notifiedAt: number): Deadline =>
  addLimit(calendar, notifiedAt, supplements.remindAfter);

/** When the answer to a notice is due; after that the notice lapses. */
export const findNoticeDue = (calendar: Calendar, { supplements }: Matter, notifiedAt: number): Deadline =>
  addLimit(calendar, notifiedAt, supplements.answerWithin);
