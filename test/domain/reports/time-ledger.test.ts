import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOLD_REASONS, type StepClock } from '../../../domain/case/clock.ts';
import {
  addShares,
  reportOfSteps,
  sharesOf,
  spansOfCase,
  spansOfStep,
  type HeldStep,
} from '../../../domain/reports/time-ledger.ts';
import { mainland as calendar } from '../calendar/mainland.ts';
import { shanghai as at } from '../calendar/oracle.ts';

const NOW = at('2026-11-06T17:00');
const day = (date: number, time: string): number => at(`2026-11-0${date}T${time}`);
const minutesOf = (clock: StepClock, more: { answeredAt?: number } = {}) =>
  sharesOf(calendar, spansOfStep({ agency: 'tax', clock, ...more }, NOW)).map(({ party, agency, workingMinutes }) => [
    agency ?? party,
    workingMinutes,
  ]);

describe('the time of a step', () => {
  it('belongs to its agency from the first sending to the end, or until now', () => {
    expect(minutesOf({ startedAt: day(2, '10:00'), holds: [], endedAt: day(3, '10:00') })).toEqual([['tax', 390]]);
    expect(minutesOf({ startedAt: day(6, '09:00'), holds: [] })).toEqual([['tax', 390]]);
  });

  it.each([
    ['supplement', 'applicant'],
    ['payment', 'applicant'],
    ['gap', 'applicant'],
    ['address', 'applicant'],
    ['special-procedure', 'procedure'],
    ['suspension', 'procedure'],
    ['delivery', 'courier'],
    ['gathering', 'system'],
    ['outage', 'outage'],
  ] as const)('is taken from it by a hold for %s and given to: %s', (why, party) => {
    const holds = [{ from: day(2, '11:00'), to: day(2, '12:00'), why }];
    expect(minutesOf({ startedAt: day(2, '10:00'), holds, endedAt: day(2, '14:30') })).toEqual([
      ['tax', 120],
      [party, 60],
    ]);
  });

  it('belongs to one party where holds overlap: to that of a legal pause rather than to an outage', () => {
    const holds = [
      { from: day(2, '10:00'), to: day(2, '12:00'), why: 'outage' as const },
      { from: day(2, '11:00'), why: 'gap' as const },
    ];
    expect(minutesOf({ startedAt: day(2, '10:00'), holds, endedAt: day(2, '14:30') })).toEqual([
      ['applicant', 120],
      ['outage', 60],
    ]);
  });

  it('is ours after the answer has arrived', () => {
    const clock = { startedAt: day(2, '10:00'), holds: [], endedAt: day(2, '12:00') };
    expect(minutesOf(clock, { answeredAt: day(2, '11:30') })).toEqual([
      ['tax', 90],
      ['system', 30],
    ]);
  });

  it('belongs to no party between an end and the order to redo it, and to each agency that had it', () => {
    const clock: StepClock = {
      startedAt: day(2, '09:00'),
      restartedAt: day(4, '09:00'),
      rests: [{ from: day(2, '10:00'), to: day(4, '09:00') }],
      before: [{ agency: 'health', until: day(4, '10:00') }],
      holds: [],
      endedAt: day(4, '12:00'),
    };
    expect(minutesOf(clock)).toEqual([
      ['health', 120],
      ['tax', 120],
    ]);
  });

  it('of any clock is divided without gap or overlap', () => {
    const instant = fc.integer({ min: 0, max: 1_000 });
    const hold = fc.record({
      from: instant,
      length: instant,
      open: fc.boolean(),
      why: fc.constantFrom(...HOLD_REASONS),
    });
    fc.assert(
      fc.property(
        instant,
        fc.option(instant),
        fc.array(hold, { maxLength: 6 }),
        fc.option(instant),
        (length, open, holds, answered) => {
          const startedAt = 500;
          const clock: StepClock = {
            startedAt,
            holds: holds.map(({ from, length: lasts, open: stays, why }) => ({
              from: startedAt + from,
              why,
              ...(!stays && { to: startedAt + from + lasts }),
            })),
            ...(open === null && { endedAt: startedAt + length }),
          };
          const step = { agency: 'tax', clock, ...(answered !== null && { answeredAt: startedAt + answered }) };
          let until = startedAt;
          for (const { from, to } of spansOfStep(step, startedAt + length)) {
            expect(from).toBe(until);
            expect(to).toBeGreaterThan(from);
            until = to;
          }
          expect(until).toBe(startedAt + length);
        },
      ),
    );
  });
});

describe('the time of a case', () => {
  const step = (agency: string, from: number, to: number) => ({
    agency,
    clock: { startedAt: from, holds: [], endedAt: to },
  });

  it('is ours before the first step is sent, and the applicant’s while a missing material defers all steps', () => {
    const spans = spansOfCase(
      {
        receivedAt: day(2, '09:00'),
        endedAt: day(2, '16:00'),
        steps: [step('tax', day(2, '09:30'), day(2, '10:30')), step('post', day(2, '14:00'), day(2, '16:00'))],
      },
      NOW,
    );
    expect(sharesOf(calendar, spans)).toEqual([
      { party: 'agency', agency: 'post', workingMinutes: 120, plainMs: 7_200_000 },
      { party: 'agency', agency: 'tax', workingMinutes: 60, plainMs: 3_600_000 },
      { party: 'applicant', workingMinutes: 120, plainMs: 12_600_000 },
      { party: 'system', workingMinutes: 30, plainMs: 1_800_000 },
    ]);
  });

  it('counts parallel steps of one agency once', () => {
    const steps = [step('tax', day(2, '09:00'), day(2, '11:00')), step('tax', day(2, '10:00'), day(2, '12:00'))];
    const spans = spansOfCase({ receivedAt: day(2, '09:00'), endedAt: day(2, '12:00'), steps }, NOW);
    expect(sharesOf(calendar, spans)).toEqual([
      { party: 'agency', agency: 'tax', workingMinutes: 180, plainMs: 10_800_000 },
    ]);
  });

  it('adds up over many cases', () => {
    const one = { party: 'agency' as const, agency: 'tax', workingMinutes: 10, plainMs: 600_000 };
    expect(addShares([one, { party: 'outage', workingMinutes: 1, plainMs: 60_000 }, one])).toEqual([
      { party: 'agency', agency: 'tax', workingMinutes: 20, plainMs: 1_200_000 },
      { party: 'outage', workingMinutes: 1, plainMs: 60_000 },
    ]);
  });
});

describe('a report of the time of steps', () => {
  const step = (agency: string, from: string, to: string, more: Partial<StepClock> = {}): HeldStep => ({
    agency,
    clock: { startedAt: day(2, from), holds: [], endedAt: day(2, to), ...more },
  });
  const report = (...parts: HeldStep[][]) =>
    reportOfSteps(
      calendar,
      (async function* () {
        yield* parts;
      })(),
    );

  it('adds up the time of each party, for the steps of each agency and of all', async () => {
    const supplement = { from: day(2, '10:00'), to: day(2, '11:00'), why: 'supplement' as const };
    const given = { before: [{ agency: 'police', until: day(2, '10:00') }] };
    const { steps, shares, agencies } = await report(
      [step('tax', '09:00', '12:00', { holds: [supplement] }), step('police', '09:00', '10:00')],
      [step('tax', '09:00', '11:00', given)],
    );
    const summarise = (all: typeof shares) =>
      all.map(({ party, agency, workingMinutes }) => [agency ?? party, workingMinutes]);
    expect(steps).toBe(3);
    expect(summarise(shares)).toEqual([
      ['police', 120],
      ['tax', 180],
      ['applicant', 60],
    ]);
    expect(agencies.map(({ agency, steps: own }) => [agency, own])).toEqual([
      ['police', 1],
      ['tax', 2],
    ]);
    // The police had one of the steps of the tax office for an hour.
    expect(summarise(agencies[1]!.shares)).toEqual([
      ['police', 60],
      ['tax', 180],
      ['applicant', 60],
    ]);
  });

  it('does not depend on how the steps are split into parts, and is empty without steps', async () => {
    const all = [step('tax', '09:00', '12:00'), step('police', '09:00', '10:00'), step('tax', '10:00', '11:00')];
    expect(await report(...all.map((one) => [one]))).toEqual(await report(all));
    expect(await report()).toEqual({ steps: 0, shares: [], agencies: [] });
  });
});
