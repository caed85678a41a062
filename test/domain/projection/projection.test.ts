import { describe, expect, it } from 'vitest';
import { createCalendar } from '../../../domain/calendar/calendar.ts';
import type { CalendarData } from '../../../domain/calendar/calendar-schema.ts';
import { deadlines } from '../../../domain/deadlines/step-clock.ts';
import type { Message } from '../../../domain/case/messages.ts';
import { STEP_STATUSES } from '../../../domain/case/status.ts';
import { calendarOf, movesPromise, project } from '../../../domain/projection/projection.ts';
import { stepColumns } from '../../../domain/projection/steps.ts';
import { mainland, MAINLAND } from '../calendar/mainland.ts';
import { AT, limitOf, matterOf, MINUTE, projectCase } from './projected-case.ts';

const NEWBORN = 'newborn-registration';
const HOME = 'home-purchase-move';
const DAY = 1_440 * MINUTE;
const S = 1_000;

const dueFrom = (startedAt: number, limit: Parameters<typeof deadlines>[0]['limit']) =>
  deadlines({ calendar: mainland, startedAt, limit, pauses: [] });

const by = { role: 'clerk', id: 'clerk-1' } as const;
const system = { role: 'system', id: 'calendar-rollout' } as const;
const createAnswer = (stepId: string): Message => ({
  ...{ kind: 'supplement-answer', id: 's1', noticeId: '1', items: [`${stepId}:1:1`], affected: [], by },
});
const told: Message = { kind: 'due', id: 'due', key: 'gathering:1', by: system };
const createCommand = (kind: 'urge' | 'resumption', id: string, stepId: string): Message => ({ kind, id, stepId, by });

describe('the clocks of a case', () => {
  it('start when it is accepted, from the instant in the entry', () => {
    const one = projectCase('certificates-only');
    one.start();
    expect(one.row()).toMatchObject({
      ...{ status: 'accepted', acceptedAt: AT, ended: false, calendar: mainland.version },
      ...dueFrom(AT, one.matter.limit),
      // Five working days after a Wednesday: the end of the next Wednesday.
      promisedAt: Date.parse('2024-11-27T09:00:00Z'),
    });
  });

  it('start with the approval of the intake if the matter has one, with the statutory deadline', () => {
    const one = projectCase('second-hand-in-county', HOME);
    const { limit } = one.matter;
    one.start();
    for (const stepId of ['identity-check', 'contract-check', 'encumbrance-check']) {
      one.answer(stepId, 'approved', AT + MINUTE);
    }
    expect(one.row()).not.toHaveProperty('acceptedAt');
    expect(one.row()).not.toHaveProperty('promisedAt');
    expect(one.step('joint-intake')).toMatchObject(dueFrom(AT + MINUTE, limitOf(HOME, 'joint-intake')));
    one.answer('joint-intake', 'approved', AT + 10 * MINUTE);
    const acceptedAt = AT + 10 * MINUTE;
    expect(one.row()).toMatchObject({ status: 'accepted', acceptedAt, ...dueFrom(acceptedAt, limit) });
    expect(dueFrom(acceptedAt, limit)).toHaveProperty('statutoryAt');
  });

  it('have the instant at which it ended', () => {
    const one = projectCase('certificates-only');
    one.start();
    for (const stepId of ['marriage-check', 'birth-certificate', 'vaccination-card']) {
      one.answer(stepId, 'approved', AT + MINUTE);
    }
    one.answer('household-registration', 'refused', AT + 2 * MINUTE);
    one.answer('closing-notice', 'approved', AT + 3 * MINUTE);
    expect(one.row()).toMatchObject({ status: 'partially-completed', ended: true, endedAt: AT + 3 * MINUTE });
    one.dispatch(AT + 4 * MINUTE, { kind: 'withdrawal', id: 'late', by });
    expect(one.row(), 'a refused message is not its end').toMatchObject({ status: 'partially-completed', ended: true });
    expect(one.row()).not.toHaveProperty('endedAt');
  });

  it('are paused while no step of the promise runs', () => {
    const one = projectCase('certificates-only');
    one.start();
    one.answer('marriage-check', 'approved', AT + MINUTE);
    one.answer('birth-certificate', 'supplement', AT + 2 * MINUTE);
    expect(one.row()).toMatchObject({ pausedAt: AT + 2 * MINUTE });
    expect(one.step('birth-certificate')).toMatchObject({ status: 'supplement', pausedAt: AT + 2 * MINUTE });
  });
});

describe('the promise of a case', () => {
  const waiting = () => {
    const one = projectCase('certificates-only');
    one.start();
    const { promisedAt } = one.row();
    one.answer('marriage-check', 'approved', AT + MINUTE);
    one.answer('birth-certificate', 'supplement', AT + 2 * MINUTE);
    return { one, promisedAt: promisedAt! };
  };

  it('moves at the end of a pause on the critical path', () => {
    const { one, promisedAt } = waiting();
    // From Wednesday to the next Wednesday, at the same time: five working days, because the day of
    // the start does not count.
    one.dispatch(AT + 7 * DAY, createAnswer('birth-certificate'));
    const moved = one.row().promisedAt! - promisedAt;
    expect(moved).toBeGreaterThan(0);
    one.answer('birth-certificate', 'approved', AT + 8 * DAY, 2);
    expect(one.row().promisedAt! - promisedAt).toBe(moved);
  });

  it('is computed from all steps only if it may have moved', () => {
    const { one } = waiting();
    const answer = one.happen({ kind: 'message', at: AT + DAY, message: createAnswer('birth-certificate') });
    expect(movesPromise(one.matter, answer)).toBe(true);
    const { acceptedAt: _not, ...unaccepted } = answer;
    expect(movesPromise(one.matter, unaccepted)).toBe(false);

    const other = projectCase('certificates-only');
    for (const event of [
      { kind: 'started', at: AT } as const,
      { kind: 'answered', at: AT, stepId: 'birth-certificate', round: 1, answer: { kind: 'accepted' } } as const,
    ]) {
      expect(movesPromise(other.matter, other.happen(event))).toBe(false);
    }
  });
});

describe('the clocks of a step', () => {
  it('start when it is first sent', () => {
    const one = projectCase('certificates-only');
    one.start();
    expect(one.step('marriage-check')).toMatchObject({
      ...{ status: 'submitted', changedAt: AT, sentAt: AT, ended: false },
      ...{ startedAt: AT, promisedAt: AT + 30 * S, yellowAt: AT + 24 * S },
    });
    expect(one.step('birth-certificate')).toMatchObject(dueFrom(AT, limitOf(NEWBORN, 'birth-certificate')));
    expect(one.step('household-registration')).toBeUndefined();
  });

  it('start later for a step that waits for others', () => {
    const one = projectCase('certificates-only');
    one.start();
    one.answer('marriage-check', 'approved', AT + MINUTE);
    one.answer('birth-certificate', 'approved', AT + 5 * MINUTE);
    expect(one.step('household-registration')).toMatchObject({
      startedAt: AT + 5 * MINUTE,
      ...dueFrom(AT + 5 * MINUTE, limitOf(NEWBORN, 'household-registration')),
    });
  });

  it('do not restart in the second round', () => {
    const one = projectCase('certificates-only');
    one.start();
    one.answer('marriage-check', 'supplement', AT + MINUTE);
    one.dispatch(AT + 60 * MINUTE, createAnswer('marriage-check'));
    expect(one.step('marriage-check')).toMatchObject({
      ...{ status: 'submitted', round: 2, startedAt: AT, promisedAt: AT + 30 * S, sentAt: AT + 60 * MINUTE },
    });
  });

  /** Everything is done that comes before the household registration, which is refused then. */
  const refuseRegistration = () => {
    const one = projectCase('married-single-child');
    one.start();
    for (const stepId of ['marriage-check', 'birth-certificate']) one.answer(stepId, 'approved', AT);
    return { one, ...one.answer('household-registration', 'refused', AT + MINUTE) };
  };

  it('end with the entry that ended it, and have the time for which the agency held it', () => {
    const { one } = refuseRegistration();
    expect(one.step('household-registration')).toMatchObject({
      ...{ status: 'refused', ended: true, endedAt: AT + MINUTE },
      ...{ heldMinutes: 1, workedMinutes: 1, supplemented: false },
    });
    const blocked = one.step('social-security-card');
    const because = 'household-registration';
    expect(blocked).toMatchObject({ status: 'blocked', because, ended: true, endedAt: AT + MINUTE });
    expect(blocked).not.toHaveProperty('clock');
    expect(blocked).not.toHaveProperty('heldMinutes');
  });

  it('end once, also of a step that was never sent: what happens to others later does not move it', () => {
    const { one, steps } = refuseRegistration();
    const blocked = steps.filter(({ status }) => status === 'blocked').map(({ id }) => id);
    expect(blocked).not.toEqual([]);
    const ends = () => blocked.map((id) => one.step(id).endedAt);
    expect(new Set(ends())).toEqual(new Set([AT + MINUTE]));
    // The marriage is checked again. Absent: the row keeps its value.
    one.dispatch(AT + 5 * MINUTE, { kind: 'correction', id: 'c1', affected: ['marriage-check'], by });
    expect(one.step('marriage-check').round).toBe(2);
    for (const at of ends()) expect([AT + MINUTE, undefined]).toContain(at);
  });

  it('do not end with a refused message', () => {
    const one = projectCase('certificates-only');
    one.start();
    one.answer('marriage-check', 'approved', AT + MINUTE);
    const late = { kind: 'decision', id: 'late', stepId: 'marriage-check', round: 1, decision: 'refused' } as const;
    one.dispatch(AT + 9 * MINUTE, { ...late, by: { role: 'agency', id: 'civil-affairs' } });
    expect(one.step('marriage-check')).toMatchObject({ status: 'done', endedAt: AT + MINUTE });
  });
});

describe('the enquiry at a silent agency', () => {
  const acceptFirst = (facts: Parameters<ReturnType<typeof projectCase>['agencies']>[0]) => {
    const one = projectCase('certificates-only');
    one.agencies(facts);
    one.start();
    expect(one.step('birth-certificate')).not.toHaveProperty('enquireAt');
    one.answer('birth-certificate', 'accepted', AT + MINUTE);
    return one;
  };

  it('is due one interval after the sending of a step that the system has accepted', () => {
    const one = acceptFirst({ enquireAfterS: 120 });
    expect(one.step('birth-certificate')).toMatchObject({ status: 'accepted', enquireAt: AT + 2 * MINUTE });
  });

  it('is no longer due after the decision', () => {
    const one = acceptFirst({});
    one.answer('birth-certificate', 'approved', AT + 2 * MINUTE);
    expect(one.step('birth-certificate')).not.toHaveProperty('enquireAt');
  });

  it.each(['worklist', 'rules'] as const)('is never due where people or rules decide (%s)', (connection) => {
    expect(acceptFirst({ connection }).step('birth-certificate')).not.toHaveProperty('enquireAt');
  });
});

describe('the watcher', () => {
  it('looks soon at a step that is being sent, and later at a step whose agency may be silent', () => {
    const one = projectCase('certificates-only');
    one.agencies({ enquireAfterS: 600 });
    one.start();
    expect(one.step('birth-certificate').watchAt).toBe(AT + 10 * S);
    one.answer('birth-certificate', 'accepted', AT + MINUTE);
    // Counted from the last event, not from the sending.
    expect(one.step('birth-certificate').watchAt).toBe(AT + MINUTE + 3 * 600 * S);
  });

  it('looks at a task of officers after a working day', () => {
    const one = projectCase('certificates-only');
    one.agencies({ connection: 'worklist' });
    one.start();
    one.answer('birth-certificate', 'accepted', AT + MINUTE);
    expect(one.step('birth-certificate').watchAt).toBe(Date.parse('2024-11-21T09:00:00Z'));
  });

  it('looks at once at a step that needs a person or is parked by an outage', () => {
    const one = projectCase('certificates-only');
    one.start();
    const failed = { kind: 'failed', code: 'AGENCY_REJECTED' } as const;
    one.tell({ kind: 'answered', at: AT + MINUTE, stepId: 'birth-certificate', round: 1, answer: failed });
    expect(one.step('birth-certificate')).toMatchObject({ attention: 'AGENCY_REJECTED', watchAt: AT + MINUTE });
    one.tell({ kind: 'answered', at: AT + MINUTE, stepId: 'marriage-check', round: 1, answer: { kind: 'parked' } });
    expect(one.step('marriage-check')).toMatchObject({ parkedAt: AT + MINUTE, watchAt: AT + MINUTE });
  });

  it('looks at a notice when it should have been sent, and then after a working day', () => {
    const one = projectCase('certificates-only');
    one.start();
    one.answer('birth-certificate', 'supplement', AT + MINUTE);
    const gatheredAt = AT + 31 * MINUTE;
    expect(one.step('birth-certificate').watchAt).toBe(AT + MINUTE + 10 * S);
    one.dispatch(gatheredAt, told);
    expect(one.step('birth-certificate').watchAt).toBe(Date.parse('2024-11-21T09:00:00Z'));
  });

  it('does not look at a step that has ended or waits for other steps', () => {
    const one = projectCase('certificates-only');
    one.start();
    one.answer('marriage-check', 'approved', AT + MINUTE);
    expect(one.step('marriage-check')).not.toHaveProperty('watchAt');
    one.dispatch(AT + 2 * MINUTE, {
      kind: 'calendar-change',
      id: 'c',
      calendar: '2026.2',
      before: '2026.1',
      by: system,
    });
    expect(one.step('household-registration')).toMatchObject({ status: 'waiting' });
    expect(one.step('household-registration')).not.toHaveProperty('watchAt');
  });
});

describe('what the row of a step keeps', () => {
  const columns = (status: (typeof STEP_STATUSES)[number], parked: boolean) => {
    const holds = parked ? [{ from: AT, why: 'outage' as const }] : [];
    return stepColumns({
      ...{ id: 'birth-certificate', state: { status, round: 1, clock: { startedAt: AT, holds } } },
      ...{ changedAt: AT, unsentEndAt: undefined, at: AT, matter: matterOf(NEWBORN), calendar: mainland },
      ...{ agencies: new Map(), notices: undefined, dues: [] },
    });
  };

  it('has the next attempt of a step that is being sent or undone, and not of a parked one', () => {
    expect(STEP_STATUSES.filter((status) => columns(status, false).keepsAttempt)).toEqual(['submitted', 'undoing']);
    expect(STEP_STATUSES.filter((status) => columns(status, true).keepsAttempt)).toEqual([]);
  });

  it('has the claim of an officer while the agency works on the step', () => {
    const one = projectCase('certificates-only');
    one.start();
    expect(one.step('birth-certificate').keepsClaim).toBe(false);
    one.answer('birth-certificate', 'accepted', AT + MINUTE);
    expect(one.step('birth-certificate').keepsClaim).toBe(true);
    const suspension = { kind: 'suspension', id: 's', stepId: 'birth-certificate', by } as const;
    one.dispatch(AT + 2 * MINUTE, { ...suspension, procedure: 'appraisal', expectedDays: 5, unit: 'calendar-days' });
    one.dispatch(AT + 3 * MINUTE, createCommand('urge', 'u', 'birth-certificate'));
    expect(one.step('birth-certificate')).toMatchObject({ status: 'suspended', keepsClaim: true });
    one.dispatch(AT + 4 * MINUTE, createCommand('resumption', 'r', 'birth-certificate'));
    expect(one.step('birth-certificate')).toMatchObject({ status: 'accepted', keepsClaim: true });
    one.answer('birth-certificate', 'approved', AT + 5 * MINUTE);
    expect(one.step('birth-certificate').keepsClaim).toBe(false);
  });
});

describe('notices and dues', () => {
  it('are projected with their deadlines, by the rules of the matter', () => {
    const one = projectCase('certificates-only');
    one.start();
    const wanted = one.answer('birth-certificate', 'supplement', AT + MINUTE);
    expect(wanted.notices).toEqual([
      expect.objectContaining({ id: '1', status: 'gathering', since: AT + MINUTE, seq: wanted.prevSeq + 1 }),
    ]);
    expect(wanted.notices[0]).not.toHaveProperty('dueAt');
    const gathered = AT + 31 * MINUTE;
    const due = { key: 'gathering:1', kind: 'gathering', since: AT + MINUTE, dueAt: gathered, provisional: false };
    expect(wanted.dues).toEqual([due]);

    const notified = one.dispatch(gathered, told);
    const { answerWithin, remindAfter } = one.matter.supplements;
    const until = dueFrom(gathered, { promised: answerWithin }).promisedAt;
    expect(notified.notices).toMatchObject([{ id: '1', status: 'open', notifiedAt: gathered, dueAt: until }]);
    expect(notified.dues.map(({ key, dueAt }) => [key, dueAt])).toEqual([
      ['reminder:1', dueFrom(gathered, { promised: remindAfter }).promisedAt],
      ['supplement:1', until],
    ]);
    const over = one.dispatch(gathered + MINUTE, createAnswer('birth-certificate'));
    expect(over.dues).toEqual([]);
  });

  it('are not projected if no notice may have changed', () => {
    const one = projectCase('certificates-only');
    expect(one.start().notices).toEqual([]);
  });
});

describe('another calendar', () => {
  const change = (calendar: string, before: string): Message => ({
    ...{ kind: 'calendar-change', id: calendar, calendar, before, by: system },
  });
  const version = (more: Partial<CalendarData>) => createCalendar({ ...MAINLAND, ...more });

  it('computes all rows again and names its entry, without an event for any step', () => {
    const one = projectCase('certificates-only');
    const first = one.start();
    expect(first.case).not.toHaveProperty('recomputedSeq');
    one.answer('marriage-check', 'approved', AT + MINUTE);
    one.useCalendar(version({ version: '2026.2' }));
    const rows = one.dispatch(AT + 5 * MINUTE, change('2026.2', '2026.1'));
    expect(rows.case).toMatchObject({ calendar: '2026.2', recomputedSeq: rows.prevSeq + 1 });
    expect(rows.steps.length).toBeGreaterThan(3);
    for (const { seq, changedAt } of rows.steps) expect([seq, changedAt]).toEqual([rows.prevSeq + 1, undefined]);
  });

  it('makes a provisional date firm', () => {
    const one = projectCase('certificates-only');
    one.useCalendar(version({ version: '2026.3', coveredUntil: '2024-11-22' }));
    one.start();
    expect(one.row()).toMatchObject({ provisional: true });
    one.useCalendar(version({ version: '2026.4' }));
    one.dispatch(AT + MINUTE, change('2026.4', '2026.3'));
    expect(one.row()).toMatchObject(dueFrom(AT, one.matter.limit));
  });

  it('is the one that the last entry about it names, so that the ledger is right', () => {
    const changeTo = (calendar: string) =>
      ({ kind: 'calendar-changed', at: AT, calendar, before: '', messageId: '', by }) as const;
    expect(calendarOf([changeTo('2026.2'), changeTo('2026.3'), { kind: 'case-accepted', at: AT }])).toBe('2026.3');
    expect(calendarOf([{ kind: 'case-accepted', at: AT }])).toBeUndefined();
  });
});

describe('rows', () => {
  it('are those of the last entry that may have changed them, and the same in every repetition', () => {
    const one = projectCase('certificates-only');
    const started = one.happen({ kind: 'started', at: AT });
    const rows = one.projectChanges(started);
    expect(rows).toMatchObject({ prevSeq: 1, entries: started.entries });
    const seqOf = (stepId: string) =>
      2 + started.entries.findLastIndex((entry) => 'stepId' in entry && entry.stepId === stepId);
    expect(Object.fromEntries(rows.steps.map(({ id, seq }) => [id, seq]))).toEqual(
      Object.fromEntries(rows.steps.map(({ id }) => [id, seqOf(id)])),
    );
    expect(one.projectChanges(started)).toEqual(rows);
  });

  it('are made of a step whose agency is not registered too, and the watcher looks at it at once', () => {
    const one = projectCase('certificates-only');
    const started = one.happen({ kind: 'started', at: AT });
    const { steps } = project(started, { matter: one.matter, calendar: mainland, agencies: new Map() });
    const sent = steps.filter(({ status }) => status === 'submitted');
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.map(({ watchAt }) => watchAt)).toEqual(sent.map(() => AT));
  });

  it('cannot be made without an entry, or for a step that the matter does not have', () => {
    const one = projectCase('certificates-only');
    const changes = one.happen({ kind: 'started', at: AT });
    const facts = { matter: one.matter, calendar: mainland, agencies: new Map() };
    expect(() => project({ ...changes, entries: [] }, facts)).toThrow('no entries');
    const unknown = { unknown: { status: 'accepted', round: 1 } as const };
    expect(() => project({ ...changes, steps: unknown }, facts)).toThrow('no step unknown');
  });
});
