import { expect, test } from 'vitest';
import type { ClockView, ExplainedClock, ExplainedDate } from '../../contract/clocks.ts';
import { drawClocks } from '../../cli/clock-page.ts';
import { penIn } from './in-process.ts';

const day = (date: string, more: Partial<ExplainedDate['days'][number]> = {}): ExplainedDate['days'][number] => ({
  date,
  kind: 'working-day',
  assumed: false,
  hours: [],
  counted: 1,
  paused: 0,
  ...more,
});
const promised: ExplainedDate = {
  at: '2026-10-09T09:00:00.000Z',
  provisional: false,
  limit: { workingDays: 2 },
  unit: 'working-day',
  startedAt: '2026-09-30T02:12:00.000Z',
  countedFrom: '2026-09-30T16:00:00.000Z',
  added: 0,
  pauses: [
    {
      step: 'entry',
      why: 'supplement',
      from: '2026-10-08T01:00:00.000Z',
      to: '2026-10-08T04:00:00.000Z',
      took: 0.4615,
      moved: true,
    },
    { step: 'entry', why: 'outage', from: '2026-10-09T01:00:00.000Z', took: 0, moved: false },
  ],
  days: [
    day('2026-09-30', { kind: 'start-day', counted: 0 }),
    day('2026-10-01', {
      kind: 'holiday',
      counted: 0,
      name: { zh: '国庆节', en: 'National Day' },
      source: '国办发明电〔2025〕7号',
    }),
    day('2026-10-08', { counted: 0.5385, paused: 0.4615 }),
    day('2027-01-04', { assumed: true }),
  ],
};
const step: ExplainedClock = {
  of: 'step',
  id: 'entry',
  name: { zh: '户口登记', en: 'Entry' },
  agency: { id: 'police', name: { zh: '公安局', en: 'Police' } },
  light: 'yellow',
  provisional: false,
  statutoryProvisional: false,
  promisedAt: promised.at,
  example: true,
  calendar: '2026.1',
  promised,
  held: [
    {
      party: 'agency',
      agency: { id: 'police', name: { zh: '公安局', en: 'Police' } },
      workingMinutes: 90,
      seconds: 5_400,
    },
    { party: 'applicant', workingMinutes: 180, seconds: 10_800 },
  ],
};
const view = (clocks: ExplainedClock[]): ClockView => ({
  caseId: '0193f1a0-0000-7000-8000-000000000001',
  caseNo: '33041120241120000018',
  calendar: { version: '2026.1', coveredUntil: '2026-12-31' },
  clocks,
});

test('one clock is explained day by day: what counted, why, by which notice, and which pauses', () => {
  expect(drawClocks(penIn('en'), view([step]))).toEqual([
    '33041120241120000018  calendar 2026.1, known until 2026-12-31',
    '',
    'step  Entry  (entry)  [police]  Yellow  promised by 2026-10-09 17:00:00+08:00',
    '  promised: 2 working days (example)  2026-09-30 10:12:00+08:00 → 2026-10-09 17:00:00+08:00',
    '    ‖ Supplement by the applicant (entry)  2026-10-08 09:00:00+08:00 → 2026-10-08 12:00:00+08:00  moves it by 0.4615 working days',
    '    ‖ Outage of the agency (entry)  2026-10-09 09:00:00+08:00 → lasts  moves nothing',
    '    2026-09-30 Wed  –  First day, not counted',
    '    2026-10-01 Thu  –  National Day, 国办发明电〔2025〕7号',
    '    2026-10-08 Thu  +0.5385 ‖0.4615  Working day',
    '    2027-01-04 Mon  +1  Working day, assumed, no holiday notice yet',
    '  held by (window hours / all): Police 1.5 / 1.5 h; Applicant 3.0 / 3.0 h',
    '',
  ]);
});

test('a limit in months is named in months, and what moved it in calendar days', () => {
  const months = { ...promised, limit: { months: 1 }, unit: 'calendar-day', added: 2 } as const;
  const [, , , line] = drawClocks(penIn('en'), view([{ ...step, promised: months }]));
  expect(line).toContain('promised: 1 month (example), moved by 2 calendar days');
});

test('in a Chinese terminal it is in Chinese', () => {
  const text = drawClocks(penIn('zh'), view([step])).join('\n');
  expect(text).toContain('承诺时限: 2个工作日（示例时限）');
  expect(text).toContain('2026-10-01 周四  –  国庆节, 国办发明电〔2025〕7号');
  expect(text).toContain('申请人补正 (entry)');
});

test('an ended clock has its end beside the promised date', () => {
  const lines = drawClocks(penIn('en'), view([step, { ...step, light: 'green', endedAt: '2026-10-08T09:00:00.000Z' }]));
  expect(lines.at(-1)).toBe(
    'step  Entry  (entry)  [police]  ended 2026-10-08 17:00:00+08:00 ≤ 2026-10-09 17:00:00+08:00',
  );
});

test('of several clocks only that of the whole case is drawn day by day, and one that has not begun says so', () => {
  const { promised: _none, promisedAt: _not, held: _nobody, ...idle } = step;
  const whole: ExplainedClock = { ...step, of: 'case' };
  const lines = drawClocks(penIn('en'), view([whole, step, { ...idle, id: 'card', light: 'grey' }]));
  expect(lines.filter((line) => line.includes('2026-10-01'))).toHaveLength(1);
  expect(lines.slice(-2)).toEqual([
    'step  Entry  (entry)  [police]  Yellow  promised by 2026-10-09 17:00:00+08:00',
    'step  Entry  (card)  [police]  not running yet',
  ]);
});
