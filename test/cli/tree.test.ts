import { expect, test } from 'vitest';
import type { CaseView } from '../../contract/cases.ts';
import type { StepView } from '../../contract/steps.ts';
import { cut } from '../../cli/screen.ts';
import { drawCase } from '../../cli/tree.ts';
import { LIGHT_WORDS } from '../../domain/words/lights.ts';
import { caseView, penIn } from './in-process.ts';

const step = (id: string, more: Partial<StepView>): StepView => ({
  id,
  name: { zh: `环节${id}`, en: `Step ${id}` },
  agency: { id: 'police', name: { zh: '公安', en: 'Police' } },
  division: '330411',
  kind: 'approve',
  status: 'waiting',
  round: 1,
  light: 'green',
  provisional: false,
  statutoryProvisional: false,
  waitingOn: 'nobody',
  attempts: 0,
  actions: [],
  ...more,
});

const view = (steps: StepView[], more: Partial<CaseView> = {}): CaseView => caseView({ steps, ...more });

test('a case is drawn as a line with its steps under it, the last one closing the tree', () => {
  const steps = [step('a', { status: 'done' }), step('b', { status: 'accepted', waitingOn: 'agency' })];
  expect(drawCase(penIn('en'), view(steps))).toEqual([
    'Newborn  33041120241120000018  Accepted',
    '├─ ✓ Step a  [police]  Done',
    '└─ … Step b  [police]  In progress, turn: Agency',
  ]);
});

test('names are in the language of the terminal', () => {
  expect(drawCase(penIn('zh'), view([step('a', {})]))[1]).toBe('└─ · 环节a  [police]  待前置');
});

test('the promised deadline is shown in local time while the case runs, and not after', () => {
  const promisedAt = '2024-11-25T09:00:00.000Z';
  expect(drawCase(penIn('en'), view([], { promisedAt }))[0]).toContain('promised by 2024-11-25 17:00:00+08:00');
  expect(drawCase(penIn('en'), view([], { promisedAt, endedAt: promisedAt }))[0]).not.toContain('promised');
});

test('dates past the last known holidays are provisional, and yellow and red lights are named', () => {
  const promisedAt = '2027-02-05T09:00:00.000Z';
  const statutoryAt = '2027-03-05T09:00:00.000Z';
  const late = step('a', { status: 'accepted', light: 'red', promisedAt, statutoryAt, statutoryProvisional: true });
  expect(drawCase(penIn('en'), view([late], { promisedAt, provisional: true, light: 'yellow' }))).toEqual([
    'Newborn  33041120241120000018  Accepted  Yellow  promised by 2027-02-05 17:00:00+08:00 (provisional)',
    '└─ … Step a  [police]  In progress, Red, promised by 2027-02-05 17:00:00+08:00, by law 2027-03-05 17:00:00+08:00 (provisional)',
  ]);
});

test.each(['en', 'zh'] as const)('a terminal of 80 columns does not cut off the light (%s)', (language) => {
  const promisedAt = '2027-02-05T09:00:00.000Z';
  const clock = { light: 'deep-red', promisedAt, statutoryAt: promisedAt, provisional: true } as const;
  const name = { zh: '户口登记（国内出生登记）', en: 'Household registration' };
  const lines = drawCase(
    penIn(language),
    view([step('a', { name, status: 'supplement', waitingOn: 'applicant', ...clock })], clock),
  );
  for (const line of lines) expect(cut(line, 79)).toContain(LIGHT_WORDS['deep-red'][language]);
});

test('the items of a bundle are above its steps, each with its own date', () => {
  const name = { zh: '户口登记', en: 'Household registration' };
  const lead = { id: 'police', name };
  const promisedAt = '2024-11-25T09:00:00.000Z';
  const item = {
    id: 'household',
    name,
    lead,
    steps: ['a'],
    light: 'green',
    provisional: false,
    statutoryProvisional: false,
    promisedAt,
  } as const;
  expect(drawCase(penIn('zh'), view([], { items: [{ ...item, steps: ['a'] }] }))[1]).toBe(
    '   户口登记  [police]  承诺 2024-11-25 17:00:00+08:00',
  );
});

test('the last days that bind the applicant are above the steps, marked when they are over', () => {
  const lastDay = {
    limit: 'declare-birth',
    name: { zh: '申报出生登记', en: 'Declare the birth' },
    state: 'over',
    stateText: { zh: '已过期限', en: 'Over' },
    until: {
      at: '2026-12-21T09:00:00.000Z',
      day: '2026-12-21',
      text: { zh: '最迟2026年12月21日（含当日）17:00前', en: 'By 17:00 on 21 December 2026 (that day included)' },
    },
    provisional: false,
    example: false,
    source: '户口登记条例第七条',
    afterwards: { zh: '仍可申报', en: 'It can still be declared' },
  } as const;
  const drawn = drawCase(penIn('zh'), view([step('a', {})], { lastDays: [lastDay] }));
  expect(drawn[1]).toBe('!  申报出生登记  最迟2026年12月21日（含当日）17:00前  已过期限');
});

test('how often a step could not be sent, and why, is under the step', () => {
  const failing = step('a', { status: 'submitted', attempts: 3, lastError: 'ECONNREFUSED', waitingOn: 'system' });
  expect(drawCase(penIn('en'), view([failing, step('b', {})]))).toEqual([
    expect.any(String),
    '├─ → Step a  [police]  Sent, turn: Our system',
    '│       failed attempts: 3, the last: ECONNREFUSED',
    '└─ · Step b  [police]  Waiting for other steps',
  ]);
});

test('a waiting step shows the cause, the start and the next automatic action, and whether it is stalled', () => {
  const since = '2024-11-20T01:00:00.000Z';
  const next = { action: 'enquiry', at: '2024-11-20T02:00:00.000Z' } as const;
  const waiting = { cause: 'agency-silent', detail: 'DECISION', since, next, stalled: false } as const;
  const steps = [
    step('a', { status: 'accepted', waitingOn: 'agency', waiting }),
    step('b', { status: 'accepted', waitingOn: 'agency', waiting: { ...waiting, stalled: true } }),
    step('c', {
      status: 'waiting',
      waitingOn: 'upstream',
      waiting: { cause: 'upstream', detail: 'OTHER_STEPS', since, stalled: false },
    }),
  ];
  expect(drawCase(penIn('en'), view(steps)).slice(1)).toEqual([
    '├─ … Step a  [police]  In progress, turn: Agency',
    '│       waits since 2024-11-20 09:00:00+08:00: No answer from the agency (Waiting for a decision); next: Next enquiry at the agency 2024-11-20 10:00:00+08:00',
    '├─ … Step b  [police]  In progress, turn: Agency',
    '│       stalled since 2024-11-20 09:00:00+08:00: No answer from the agency (Waiting for a decision); next: Next enquiry at the agency 2024-11-20 10:00:00+08:00',
    '└─ · Step c  [police]  Waiting for other steps, turn: Other steps',
    '        waits since 2024-11-20 09:00:00+08:00: Waiting for other steps',
  ]);
});

test('the reason why a step needs a person is printed once', () => {
  const since = '2024-11-20T01:00:00.000Z';
  const attention = 'AGENCY_REJECTED';
  const waiting = { cause: 'agency-rejected', detail: attention, since, stalled: true } as const;
  expect(drawCase(penIn('en'), view([step('a', { status: 'attention', attention, waiting })])).slice(2)).toEqual([
    '        The agency rejected the data that it was sent (AGENCY_REJECTED)',
    '        stalled since 2024-11-20 09:00:00+08:00: Rejected by the agency',
  ]);
});

test('a blocked step names the step that stopped it, a refused one the reason, a second round its number', () => {
  const steps = [
    step('a', { status: 'blocked', because: 'b' }),
    step('b', { status: 'refused', reason: 'not resident here', round: 2 }),
  ];
  expect(drawCase(penIn('en'), view(steps)).slice(1)).toEqual([
    '├─ ⊘ Step a  [police]  Blocked, because “Step b” was not granted',
    '└─ ✗ Step b  [police]  Refused (round 2)',
    '        not resident here',
  ]);
});

test('a deferred step shows the reason in words', () => {
  expect(drawCase(penIn('en'), view([step('a', { status: 'ready', because: 'gap' })])).slice(1)).toEqual([
    '└─ · Step a  [police]  Ready, reason: A pledged material is missing',
  ]);
});

test('steps that do not apply are counted', () => {
  const steps = [step('a.1', {}), step('b', { status: 'skipped' }), step('a.2', {})];
  expect(drawCase(penIn('en'), view(steps)).slice(1)).toEqual([
    '├─ · Step a.1  [police]  Waiting for other steps',
    '└─ · Step a.2  [police]  Waiting for other steps',
    '   1 more does not apply',
  ]);
});
