import type { ClockView, ExplainedClock, ExplainedDate } from '../contract/clocks.ts';
import type { Text } from '../domain/matter/schema.ts';
import { DAY_WORDS, UNIT_WORDS } from '../domain/words/days.ts';
import { PARTY_WORDS, PAUSE_WORDS } from '../domain/words/pauses.ts';
import { localTime } from './times.ts';
import { clockFacts } from './tree.ts';
import type { Pen } from './words.ts';

type Language = keyof Text;

const WORDS = {
  zh: {
    case: '全案',
    item: '事项',
    step: '环节',
    promised: '承诺时限',
    statutory: '法定时限',
    example: '（示例时限）',
    calendar: '工作日历',
    covered: '已公布至',
    added: '顺延',
    path: '关键路径',
    waits: '尚未开始计时',
    moved: '顺延',
    unmoved: '不顺延',
    lasting: '仍在暂停计时',
    assumed: '暂按周一至周五推算',
    held: '耗时（窗口时间／自然时间）',
    ended: '办结',
  },
  en: {
    case: 'case',
    item: 'item',
    step: 'step',
    promised: 'promised',
    statutory: 'by law',
    example: ' (example)',
    calendar: 'calendar',
    covered: 'known until',
    added: 'moved by',
    path: 'critical path',
    waits: 'not running yet',
    moved: 'moves it by',
    unmoved: 'moves nothing',
    lasting: 'lasts',
    assumed: 'assumed, no holiday notice yet',
    held: 'held by (window hours / all)',
    ended: 'ended',
  },
} as const;

/**
 * Explains the deadlines of a case: the case and the requested step day by day, the others in one
 * line each.
 */
export const drawClocks = (pen: Pen, { caseNo, calendar, clocks }: ClockView): string[] => {
  const words = WORDS[pen.language];
  return [
    `${caseNo}  ${words.calendar} ${calendar.version}, ${words.covered} ${calendar.coveredUntil}`,
    ...clocks.flatMap((clock) => drawClock(pen, clock, clock.of === 'case' || clocks.length === 1)),
  ];
};

const drawClock = (pen: Pen, clock: ExplainedClock, whole: boolean): string[] => {
  const { language } = pen;
  const words = WORDS[language];
  const { of, name, id, agency, promised, statutory, held = [] } = clock;
  const facts = promised ? [...endOf(clock, words.ended), ...clockFacts(pen, clock)] : [words.waits];
  const head = `${words[of]}  ${name[language]}${id === undefined ? '' : `  (${id})`}  [${agency.id}]  ${facts.join('  ')}`;
  if (!whole) return [head];
  return [
    '',
    head,
    ...(promised ? drawDate(words.promised, promised, clock.example, language) : []),
    ...(statutory ? drawDate(words.statutory, { ...statutory, days: [], pauses: [] }, clock.example, language) : []),
    ...(held.length === 0 ? [] : [`  ${words.held}: ${held.map((share) => drawShare(share, language)).join('; ')}`]),
    '',
  ];
};

/** An ended clock shows its end and its promised deadline. */
const endOf = ({ promisedAt, endedAt }: ExplainedClock, ended: string): string[] =>
  promisedAt === undefined || endedAt === undefined
    ? []
    : [`${ended} ${localTime(endedAt)} ${endedAt > promisedAt ? '>' : '≤'} ${localTime(promisedAt)}`];

const drawDate = (title: string, date: ExplainedDate, example: boolean, language: Language): string[] => {
  const words = WORDS[language];
  const { limit, unit, at, startedAt, added, path = [], pauses, days } = date;
  const describeAmount = (number: number, of: keyof typeof UNIT_WORDS = unit): string => {
    const word = UNIT_WORDS[of][language];
    return `${number}${language === 'en' && number === 1 ? word.replace(/s$|s(?= of )/, '') : word}`;
  };
  const [length = 0] = Object.values(limit);
  const more = added === 0 ? '' : `, ${words.added} ${describeAmount(added)}`;
  return [
    `  ${title}: ${describeAmount(length, 'months' in limit ? 'month' : unit)}${example ? words.example : ''}${more}  ${localTime(startedAt)} → ${localTime(at)}`,
    ...(path.length < 2 ? [] : [`    ${words.path}: ${path.map(({ step }) => step).join(' → ')}`]),
    ...pauses.map((pause) => {
      const until = pause.to === undefined ? words.lasting : localTime(pause.to);
      const effect = pause.moved ? `${words.moved} ${describeAmount(pause.took)}` : words.unmoved;
      return `    ‖ ${PAUSE_WORDS[pause.why][language]} (${pause.step})  ${localTime(pause.from)} → ${until}  ${effect}`;
    }),
    ...days.map((day) => `    ${drawDay(day, language)}`),
  ];
};

const drawDay = (
  { date, kind, name, source, assumed, counted, paused }: ExplainedDate['days'][number],
  language: Language,
): string => {
  const about = [
    name?.[language] ?? DAY_WORDS[kind][language],
    ...(source === undefined ? [] : [source]),
    ...(assumed ? [WORDS[language].assumed] : []),
  ];
  const stood = paused === 0 ? '' : ` ‖${paused}`;
  return `${date} ${weekday(date, language)}  ${counted === 0 ? '–' : `+${counted}`}${stood}  ${about.join(', ')}`;
};

const drawShare = (
  { party, agency, workingMinutes, seconds }: NonNullable<ExplainedClock['held']>[number],
  language: Language,
): string => {
  const [working, all] = [workingMinutes / 60, seconds / 3_600].map((hours) => hours.toFixed(1));
  return `${agency?.name[language] ?? PARTY_WORDS[party][language]} ${working} / ${all} h`;
};

const weekday = (date: string, language: Language): string =>
  new Date(`${date}T00:00:00Z`).toLocaleDateString(language === 'zh' ? 'zh-CN' : 'en-GB', {
    weekday: 'short',
    timeZone: 'UTC',
  });
