import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadCalendar, SHIPPED_CALENDAR } from '../../../domain/authoring/load-calendar.ts';
import { expectBothLanguages, positionOf } from '../authoring/small-matter.ts';

const SMALL_CALENDAR = `version: '2026.1'
coveredFrom: 2026-01-01
coveredUntil: 2026-12-31
windowHours:
  - from: 2026-01-01
    hours:
      - { open: 09:00, close: 12:00 }
      - { open: 13:30, close: 17:00 }
notices:
  - year: 2026
    source: 国办发明电〔2025〕7号
    holidays:
      - { name: { zh: 元旦, en: New Year }, from: 2026-01-01, to: 2026-01-03 }
    workdays: [2026-01-04]
    halfDays:
      - { date: 2026-12-31, name: { zh: 除夕, en: Eve }, hours: [{ open: 09:00, close: 12:00 }] }
`;

const problemsOf = (source: string) => {
  const loaded = loadCalendar(source, 'small.yaml');
  return loaded.ok ? [] : loaded.problems;
};

it('the shipped calendar and the small one have no mistakes', () => {
  expect(loadCalendar(readFileSync(SHIPPED_CALENDAR, 'utf8'), 'calendar.yaml')).toMatchObject({ ok: true });
  expect(problemsOf(SMALL_CALENDAR)).toEqual([]);
});

it.each<[what: string, from: string, to: string, at: string, rule: string, fix: string]>([
  ['a date that does not exist', '[2026-01-04]', '[2026-02-30]', '2026-02-30', 'wrong-value', 'a date that exists'],
  ['a date in another form', '[2026-01-04]', '[2026-1-4]', '2026-1-4', 'wrong-value', 'YYYY-MM-DD'],
  ['a time that does not exist', 'close: 17:00', 'close: 27:00', '27:00', 'wrong-value', 'HH:MM'],
  ['an unknown key', 'source: 国', 'sorce: 国', 'sorce', 'unknown-key', 'source'],
  ['no source', '    source: 国办发明电〔2025〕7号\n', '', 'year: 2026', 'missing', 'Add source'],
  ['a version in another form', "'2026.1'", "'2026'", "'2026'", 'wrong-value', '2026.1'],
  ['a day outside the covered ones', '[2026-01-04]', '[2027-01-02]', '2027-01-02', 'not-covered', 'coveredUntil'],
  ['a holiday that ends before it begins', 'to: 2026-01-03', 'to: 2025-12-31', '2025-12-31', 'backwards', 'later day'],
  ['a holiday that reaches out', 'to: 2026-01-03', 'to: 2027-01-01', '2027-01-01', 'not-covered', 'Widen'],
  ['a make-up day on a weekday', '[2026-01-04]', '[2026-01-05]', '2026-01-05', 'already-worked', 'Remove'],
  ['a day twice', '[2026-01-04]', '[2026-01-04, 2026-01-03]', '2026-01-03]', 'day-twice', 'Remove one'],
  ['half of a day off', 'date: 2026-12-31', 'date: 2026-12-27', '2026-12-27', 'half-day-not-worked', 'workdays'],
  [
    'windows that close before they open',
    'close: 17:00',
    'close: 13:00',
    '13:00 }\nnotices',
    'hours-order',
    'later time',
  ],
  ['hours out of order', 'open: 13:30', 'open: 11:30', '11:30', 'hours-order', 'in order'],
  [
    'a year without a notice',
    'coveredUntil: 2026',
    'coveredUntil: 2027',
    '- year: 2026',
    'year-without-notice',
    '2027',
  ],
  ['an end before the beginning', 'coveredUntil: 2026', 'coveredUntil: 2025', '2025-12-31', 'covered', 'later day'],
])('reports the place of %s and how to fix it', (_, from, to, at, rule, fix) => {
  expect(SMALL_CALENDAR.split(from)).toHaveLength(2);
  const source = SMALL_CALENDAR.replace(from, () => to);
  const place = positionOf(source, at);
  const found = problemsOf(source).map(({ line, column, ...problem }) => ({ place: `${line}:${column}`, ...problem }));
  const one = found.find((problem) => problem.place === place && problem.rule === rule);
  expect(one?.fix.en, JSON.stringify(found)).toContain(fix);
  expectBothLanguages(one!);
});

it('refuses the whole file and reports every mistake, in the order of its lines', () => {
  const source = SMALL_CALENDAR.replace('[2026-01-04]', '[2026-01-05, 2027-01-02]').replace(
    'close: 17:00',
    'close: 10:00',
  );
  expect(problemsOf(source).map(({ line, rule }) => `${line} ${rule}`)).toEqual([
    '8 hours-order',
    '14 already-worked',
    '14 not-covered',
  ]);
});
