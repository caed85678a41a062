import type { Calendar } from '../calendar/calendar.ts';
import { dueDate } from '../deadlines/due-dates.ts';
import { findNoticeDue } from '../deadlines/notice-times.ts';
import type { Matter } from '../matter/schema.ts';
import type { Due } from '../case/dues.ts';
import type { Notice } from '../case/state.ts';
import type { DueColumns, NoticeColumns } from './rows.ts';

/** The row of a notice, without its `id` and `seq`. */
export const noticeColumns = (
  calendar: Calendar,
  matter: Matter,
  { status, items, since, notifiedAt }: Notice,
): Omit<NoticeColumns, 'id' | 'seq'> => {
  if (notifiedAt === undefined) return { status, items, since };
  return {
    status,
    items,
    since,
    notifiedAt,
    dueAt: findNoticeDue(calendar, matter, notifiedAt).at,
  };
};

/** The row of an instant that a case waits for. */
export const dueColumns = (calendar: Calendar, matter: Matter, due: Due): DueColumns => {
  const { key, kind, from, stepId } = due;
  const { at, provisional } = dueDate(calendar, matter, due);
  return { key, kind, since: from, dueAt: at, provisional, ...(stepId !== undefined && { stepId }) };
};
