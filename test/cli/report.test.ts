import { expect, test } from 'vitest';
import { drawDaily, drawTime, drawValue } from '../../cli/report.ts';

const PERIOD = { from: '2024-11-01', to: '2024-11-20' };

test('the time report says who held the steps, in all and of each agency', () => {
  const shares = [
    { party: 'agency' as const, agency: 'tax', minutes: 1_440, workingMinutes: 390 },
    { party: 'applicant' as const, minutes: 60, workingMinutes: 30 },
  ];
  const agencies = [{ agency: { id: 'tax', name: { zh: '税务局', en: 'Tax' } }, steps: 2, shares: shares.slice(1) }];
  expect(drawTime({ ...PERIOD, steps: 2, shares, agencies }, 'en')).toEqual([
    '2024-11-01 to 2024-11-20: 2 steps ended',
    '  agency tax                      6.5 h   of the windows      24.0 h   in all',
    '  applicant                      30.0 min of the windows       1.0 h   in all',
    'Tax (tax): 2 steps',
    '  applicant                      30.0 min of the windows       1.0 h   in all',
  ]);
});

test('the value of a matter is before and now, with the source, and a question mark where nothing is known', () => {
  const before = {
    materials: { value: 35, source: '示例', example: true },
    workingDays: { value: 3, source: '人民日报', example: false },
  };
  const after = { cases: 7, materials: 1.5, trips: 1, workingDays: 0.25 };
  const matter = { code: 'move', name: { zh: '迁居', en: 'Move' } };
  expect(drawValue({ ...PERIOD, matters: [{ matter, before, after }] }, 'zh')).toEqual([
    '2024-11-01 to 2024-11-20, each of one case',
    '迁居 (move): 7 cases',
    '  materials    35 (示例) → 1.5  示例',
    '  trips        ? → 1',
    '  workingDays  3 → 0.25  人民日报',
  ]);
  expect(drawValue({ ...PERIOD, matters: [{ matter, before }] }, 'en').slice(1, 3)).toEqual([
    'Move (move): 0 cases',
    '  materials    35 (示例) → ?  示例',
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
  expect(drawDaily({ reports: [report] })).toEqual([
    '2024-11-20  in 31  ended 12 (granted 9)  on time 50 %  open 21  late 15  stalled 6',
  ]);
  expect(drawDaily({ reports: [] })).toEqual(['No day has a report yet.']);
});
