import { expect, test } from 'vitest';
import { penIn } from './in-process.ts';
import { drawDaily, drawTime, drawValue } from '../../cli/report.ts';

const PERIOD = { from: '2024-11-01', to: '2024-11-20' };

test('the time report says who held the steps, in all and of each agency', () => {
  const shares = [
    { party: 'agency' as const, agency: 'tax', minutes: 1_440, workingMinutes: 390 },
    { party: 'applicant' as const, minutes: 60, workingMinutes: 30 },
  ];
  const agencies = [{ agency: { id: 'tax', name: { zh: '税务局', en: 'Tax' } }, steps: 2, shares: shares.slice(1) }];
  expect(drawTime(penIn('en'), { ...PERIOD, steps: 2, shares, agencies })).toEqual([
    '2024-11-01 to 2024-11-20: 2 steps ended',
    '  Agency tax                      6.5 h   of window hours      24.0 h   in all',
    '  Applicant                      30.0 min of window hours       1.0 h   in all',
    'Tax (tax): 2 steps',
    '  Applicant                      30.0 min of window hours       1.0 h   in all',
  ]);
});

test('the value of a matter is shown before and now, with the source, and a question mark for an unknown figure', () => {
  const before = {
    materials: { value: 35, source: '示例', example: true },
    workingDays: { value: 3, source: '人民日报', example: false },
  };
  const after = { cases: 7, materials: 1.5, trips: 1, workingDays: 0.25 };
  const matter = { code: 'move', name: { zh: '迁居', en: 'Move' } };
  expect(drawValue(penIn('zh'), { ...PERIOD, matters: [{ matter, before, after }] })).toEqual([
    '2024-11-01 至 2024-11-20，每件平均',
    '迁居（move）：7 件',
    '  材料         35 (示例) → 1.5  示例',
    '  跑动次数     ? → 1',
    '  工作日       3 → 0.25  人民日报',
  ]);
  expect(drawValue(penIn('en'), { ...PERIOD, matters: [{ matter, before }] }).slice(1, 3)).toEqual([
    'Move (move): 0 cases',
    '  materials    35 (example) → ?  示例',
  ]);
});

test('each day has a line', () => {
  const total = { submitted: 31, ended: 12, granted: 9, onTimeRate: 0.5, open: 21, late: 15, stalled: 6 };
  const report = {
    day: '2024-11-20',
    madeAt: '2024-11-20T16:10:00.000Z',
    total,
    matters: [],
    agencies: [],
    stalls: [],
  };
  expect(drawDaily(penIn('en'), { reports: [report] }, false)).toEqual([
    'DAY         RECEIVED  ENDED  GRANTED  ON TIME  OPEN  LATE  STALLED',
    '2024-11-20  31        12     9        50 %     21    15    6',
  ]);
  expect(drawDaily(penIn('en'), { reports: [] }, false)).toEqual(['There is no daily report yet.']);
});
