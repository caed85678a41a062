import { describe, expect, it } from 'vitest';
import { caseDeadlines, itemClocks, mayMovePromise, type ClockedStep } from '../../../domain/deadlines/case-clock.ts';
import type { StepClock } from '../../../domain/case/clock.ts';
import type { Plan } from '../../../domain/case/plan.ts';
import { mainland as calendar } from '../calendar/mainland.ts';
import { local, shanghai as at } from '../calendar/oracle.ts';
import { changeSource, parseSource } from '../authoring/small-matter.ts';

const { matter } = parseSource(
  changeSource(
    'steps:\n  - id: intake',
    `items:
  - id: cards
    name: { zh: 卡, en: Cards }
    lead: police
    steps: [card, entry]
    limit: { promised: { workingDays: 2 }, statutory: { workingDays: 5 } }
  - { id: post, name: { zh: 寄, en: Post }, lead: post, steps: [parcel], limit: { promised: { workingDays: 3 } } }
steps:
  - id: intake`,
  )
    .replace(/workingDays: 3 } }(?=\n    discloses: \[address\])/, 'workingDays: 3 }, outside: true }')
    .replace(/workingMinutes: 30 } }/, 'workingMinutes: 30 }, outside: true }'),
);
const planStep = (id: string, ...of: string[]): Plan['steps'][number] => ({
  id,
  agency: 'police',
  kind: 'approve',
  undo: { class: 'none' },
  needs: of.length === 0 ? [] : [{ mode: 'all', of }],
});
const PLAN: Plan = {
  matter: 'small-matter',
  version: 1,
  hash: '',
  partial: true,
  onSilence: 'return-case',
  steps: [
    planStep('intake'),
    planStep('check', 'intake'),
    planStep('card.1', 'check'),
    planStep('card.2', 'check'),
    planStep('entry.1', 'card.1'),
    planStep('entry.2', 'card.2'),
    planStep('parcel', 'card.1', 'card.2'),
    planStep('notice', 'entry.1', 'entry.2', 'parcel'),
  ],
};
const day = (date: number, time: string): number => at(`2026-11-0${date}T${time}`);
const clock = (startedAt: number, more: Partial<StepClock> = {}): StepClock => ({ startedAt, holds: [], ...more });
const steps = (now: Record<string, Partial<ClockedStep>>): ClockedStep[] =>
  PLAN.steps.map(({ id }) => ({ id, status: 'waiting', ...now[id] }));
const endStep = (startedAt: number, endedAt: number): Partial<ClockedStep> => ({
  status: 'done',
  clock: clock(startedAt, { endedAt }),
  endedAt,
});

describe('the items of a case', () => {
  it('are repeated for each of several children, each with its own clock, and grey before their first step is sent', () => {
    const items = itemClocks(
      calendar,
      matter,
      PLAN,
      steps({
        intake: endStep(day(2, '09:00'), day(2, '09:05')),
        check: endStep(day(2, '09:05'), day(2, '09:06')),
        'card.1': endStep(day(2, '09:06'), day(3, '10:00')),
        'card.2': {
          status: 'supplement',
          clock: clock(day(2, '09:06'), { holds: [{ from: day(3, '09:00'), why: 'supplement' }] }),
        },
        'entry.1': endStep(day(3, '10:00'), day(3, '11:00')),
      }),
    );
    expect(items.map(({ id, steps: own }) => [id, ...own])).toEqual([
      ['cards.1', 'card.1', 'entry.1'],
      ['cards.2', 'card.2', 'entry.2'],
      ['post', 'parcel'],
    ]);
    const [first, second, post] = items;
    expect(first).toMatchObject({ startedAt: day(2, '09:06'), endedAt: day(3, '11:00'), promisedAt: day(4, '17:00') });
    expect(second).toMatchObject({
      startedAt: day(2, '09:06'),
      pausedAt: day(3, '09:00'),
      promisedAt: day(4, '17:00'),
    });
    expect(second).not.toHaveProperty('endedAt');
    expect(post).not.toHaveProperty('promisedAt');
  });

  it('move with their own pauses, and not with those of the other child', () => {
    const holds = [{ from: day(3, '00:00'), to: day(4, '00:00'), why: 'supplement' as const }];
    const [first, second] = itemClocks(
      calendar,
      matter,
      PLAN,
      steps({
        'card.1': { status: 'accepted', clock: clock(day(2, '09:00')) },
        'card.2': { status: 'accepted', clock: clock(day(2, '09:00'), { holds }) },
      }),
    );
    expect([first, second].map((item) => local(item!.promisedAt!))).toEqual(['2026-11-04T17:00', '2026-11-05T17:00']);
    expect([first, second].map((item) => local(item!.statutoryAt!))).toEqual(['2026-11-09T17:00', '2026-11-09T17:00']);
  });

  it('that do not apply are left out', () => {
    const none = { status: 'skipped' as const };
    const items = itemClocks(calendar, matter, PLAN, steps({ parcel: none, 'card.2': none, 'entry.2': none }));
    expect(items.map(({ id }) => id)).toEqual(['cards.1']);
  });
});

describe('the case', () => {
  it('has a promise that follows the paths of the steps inside it', () => {
    const holds = [{ from: day(3, '00:00'), to: day(5, '00:00'), why: 'supplement' as const }];
    const within = steps({
      'card.1': { status: 'accepted', clock: clock(day(2, '10:00'), { holds }) },
      // Posting is outside the promise.
      parcel: endStep(day(4, '09:00'), at('2026-11-20T09:00')),
    });
    const found = caseDeadlines(calendar, matter, PLAN, within, day(2, '10:00'));
    expect(local(found.promisedAt)).toBe('2026-11-09T17:00');
    expect(local(found.statutoryAt!)).toBe('2026-11-30T17:00');
    expect(found.promised.path.map(({ stepId }) => stepId)).toContain('card.1');
  });
});

describe('a change of a step may move the promise', () => {
  const moves = (id: string, own: StepClock) => mayMovePromise(matter, [], { [id]: { clock: own } });
  it.each<[string, string, Partial<StepClock>, boolean]>([
    ['with a pause that has ended', 'card.1', { holds: [{ from: 1, to: 2, why: 'supplement' }] }, true],
    ['not with one that lasts', 'card.1', { holds: [{ from: 1, why: 'supplement' }] }, false],
    ['not with an outage', 'card.1', { holds: [{ from: 1, to: 2, why: 'outage' }] }, false],
    ['with an extension', 'card.1', { extensionDays: 1 }, true],
    ['with an order to do it again', 'card.1', { restartedAt: 9, rests: [{ from: 5, to: 9 }] }, true],
    ['not with an end', 'card.1', { endedAt: 5 }, false],
    ['not with the end of a step outside for which none inside waits', 'parcel', { endedAt: 5 }, false],
  ])('%s', (_, id, more, expected) => {
    expect(moves(id, clock(0, more))).toBe(expected);
  });

  it('at the end of a step outside the promise for which a step inside waits, and not before', () => {
    const paid = {
      ...matter,
      steps: matter.steps.map((one) => (one.id === 'check' ? { ...one, limit: { ...one.limit, outside: true } } : one)),
    };
    expect(mayMovePromise(paid, [], { check: { clock: clock(0, { endedAt: 5 }) } })).toBe(true);
    expect(mayMovePromise(paid, [], { check: { clock: clock(0) } })).toBe(false);
  });

  it('when a material arrives, and with another calendar', () => {
    const by = { role: 'clerk' as const, id: 'c' };
    const entry = { kind: 'gap-filled' as const, at: 1, messageId: 'm', by, materials: [] };
    expect(mayMovePromise(matter, [entry], {})).toBe(true);
    expect(mayMovePromise(matter, [{ kind: 'case-accepted', at: 1 }], {})).toBe(false);
  });
});
