import { text, words } from './findings.ts';

/** The findings of the linter about a calendar. */
export const CALENDAR_FINDINGS = {
  covered: (from: string) =>
    words(
      text(`日历在 ${from} 之前结束`, `The calendar ends before ${from}`),
      text('请把较晚的日期写在 coveredUntil。', 'Put the later day in coveredUntil.'),
    ),
  windowHoursOrder: (from: string) =>
    words(
      text(`${from} 起的时间排在更晚的之后`, `Hours from ${from} come after later ones`),
      text('请按起始日期排列，每个日期一次。', 'Put them in order of their first day, each day once.'),
    ),
  notCovered: (date: string, from: string, until: string) =>
    words(
      text(`${date} 不在日历范围内`, `${date} lies outside the calendar`),
      text(
        `请扩大 coveredFrom 和 coveredUntil（${from} 至 ${until}），或更正日期。`,
        `Widen coveredFrom and coveredUntil (${from} to ${until}), or correct the date.`,
      ),
    ),
  alreadyWorked: (date: string) =>
    words(
      text(`${date} 本来就是工作日`, `${date} is already a working day`),
      text('请删去，或更正日期。', 'Remove it, or correct the date.'),
    ),
  halfDayNotWorked: (date: string) =>
    words(
      text(`${date} 不是工作日`, `${date} is not a working day`),
      text('请加入 workdays，或更正日期。', 'Add it to workdays, or correct the date.'),
    ),
  dayTwice: (date: string) =>
    words(
      text(`${date} 在一份放假通知中出现两次`, `${date} is named twice in one holiday notice`),
      text('请删去其中一个。', 'Remove one of the two.'),
    ),
  backwards: (from: string) =>
    words(
      text(`假期在 ${from} 之前结束`, `The holiday ends before ${from}`),
      text('请把较晚的日期写在 to。', 'Put the later day in to.'),
    ),
  closesBefore: (open: string) =>
    words(
      text(`窗口在 ${open} 之前关闭`, `The windows close before ${open}`),
      text('请把较晚的时间写在 close。', 'Put the later time in close.'),
    ),
  opensBefore: (close: string) =>
    words(
      text(`窗口在 ${close} 之前开放`, `The windows open before ${close}`),
      text('请按先后排列。', 'Put the hours in order.'),
    ),
  yearWithoutNotice: (year: number) =>
    words(
      text(`没有 ${year} 年的放假通知`, `There is no holiday notice for ${year}`),
      text(`请补充，或让日历在 ${year} 年之前结束。`, `Add it, or let the calendar end before ${year}.`),
    ),
} as const;
