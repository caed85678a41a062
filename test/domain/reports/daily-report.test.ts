import { expect, test } from 'vitest';
import { sumsOfDay, type DayFigures } from '../../../domain/reports/daily-report.ts';

const cases = (region: string, matter: string, submitted: number) => ({
  ...{ region, matter, submitted },
  ...{ ended: 4, granted: 3, promised: 2, onTime: 1, open: 7, late: 5 },
});
const steps = (region: string, agency: string, decided: number) => ({
  ...{ region, agency, decided },
  ...{ promised: 2, onTime: 1, supplemented: 1 },
});
const DAY: DayFigures = {
  cases: [
    cases('330411', 'newborn', 10),
    cases('330402', 'newborn', 20),
    cases('330402', 'move', 1),
    cases('330106', 'move', 100),
  ],
  agencies: [steps('330411', 'tax', 6), steps('330402', 'tax', 1), steps('330402', 'police', 2)],
  stalls: [
    { region: '330411', agency: 'police', cause: 'officer-idle', count: 3 },
    { region: '330411', agency: 'tax', cause: 'applicant', count: 2 },
    { region: '330411', cause: 'system', count: 1 },
    { region: '330106', agency: 'police', cause: 'officer-idle', count: 50 },
  ],
};

test('the figures of a division are the sums of its parts only', () => {
  const { total, matters, agencies, causes } = sumsOfDay(DAY, '3304');
  expect(total).toEqual({
    submitted: 31,
    ended: 12,
    granted: 9,
    promised: 6,
    onTime: 3,
    open: 21,
    late: 15,
    stalled: 6,
  });
  expect(matters.map(({ matter, submitted, open }) => [matter, submitted, open])).toEqual([
    ['move', 1, 7],
    ['newborn', 30, 14],
  ]);
  // A stall counts for an agency only if the agency causes it.
  expect(agencies).toEqual([
    { agency: 'police', decided: 2, promised: 2, onTime: 1, supplemented: 1, stalled: 3 },
    { agency: 'tax', decided: 7, promised: 4, onTime: 2, supplemented: 2, stalled: 0 },
  ]);
  expect(causes).toEqual([
    { cause: 'officer-idle', count: 3 },
    { cause: 'applicant', count: 2 },
    { cause: 'system', count: 1 },
  ]);
});

test('the total is the sum of all divisions, and a division without events has zeros', () => {
  expect(sumsOfDay(DAY, '').total).toMatchObject({ submitted: 131, stalled: 56 });
  expect(sumsOfDay(DAY, '44')).toEqual({
    total: { submitted: 0, ended: 0, granted: 0, promised: 0, onTime: 0, open: 0, late: 0, stalled: 0 },
    ...{ matters: [], agencies: [], causes: [] },
  });
});
