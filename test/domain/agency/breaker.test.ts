import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  CLOSED,
  PROBE_EVERY_MS,
  tally,
  type Breaker,
  type BreakerEvent,
} from '../../../domain/agency/breaker.ts';

const NOW = 1_000_000_000;

/** Calls that ended at one instant, in this order; true: a success. */
const calls = (at: number, ...ended: boolean[]): BreakerEvent => ({
  kind: 'called',
  spans: [{ at, calls: ended.length, failures: ended.filter((ok) => !ok).length }],
  inRow: ended.length - 1 - ended.lastIndexOf(true),
  succeeded: ended.includes(true),
});
const times = (count: number, ok: boolean): boolean[] => Array.from({ length: count }, () => ok);
const alternate = (count: number): boolean[] => Array.from({ length: count }, (_, index) => index % 2 === 0);

/** A breaker after these events, each a second after the one before. */
const breakerAfter = (...events: BreakerEvent[]): Breaker =>
  events.reduce((breaker, event, index) => advance(breaker, event, NOW + index * 1_000).breaker, CLOSED);
const OPEN = breakerAfter(calls(NOW, ...times(5, false)));
const RECOVERING = advance(OPEN, { kind: 'probed', answered: true }, NOW + PROBE_EVERY_MS).breaker;

describe('a closed breaker', () => {
  it.each([
    ['four failures in a row', times(4, false), undefined],
    ['five failures in a row', times(5, false), 'in-row'],
    ['four failures, a success and four more', [...times(4, false), true, ...times(4, false)], undefined],
    ['nineteen calls of which half and more fail', alternate(19), undefined],
    ['twenty calls of which half fail', alternate(20), 'rate'],
    ['twenty calls of which nine fail', [...alternate(18), true, true], undefined],
    ['successes', times(100, true), undefined],
  ])('that sees %s', (_what, ended, why) => {
    const { breaker, change } = advance(CLOSED, calls(NOW, ...ended), NOW);
    expect(change).toEqual(why === undefined ? undefined : { kind: 'opened', why });
    expect(breaker.state).toBe(why === undefined ? 'closed' : 'open');
  });

  it('counts failures in a row over the reports of all workers', () => {
    expect(breakerAfter(calls(NOW, false, false, false), calls(NOW + 1_000, false)).state).toBe('closed');
    expect(breakerAfter(calls(NOW, false, false, false), calls(NOW + 1_000, false, false)).state).toBe('open');
    expect(
      breakerAfter(calls(NOW, ...times(4, false)), calls(NOW + 1_000, true), calls(NOW + 2_000, false)).inRow,
    ).toBe(1);
  });

  it('forgets what is older than a minute', () => {
    const before = advance(CLOSED, calls(NOW, ...alternate(18)), NOW).breaker;
    const later = advance(before, calls(NOW + 61_000, true, false), NOW + 61_000);
    expect(later.change).toBeUndefined();
    expect(tally(later.breaker)).toEqual({ calls: 2, failures: 1 });
  });

  it('ignores what a worker reports too late', () => {
    const late = advance(CLOSED, calls(NOW - 61_000, ...alternate(30)), NOW);
    expect(tally(late.breaker).calls).toBe(0);
  });

  it('keeps its counts for the record when it opens', () => {
    expect(tally(breakerAfter(calls(NOW, ...alternate(20))))).toEqual({ calls: 20, failures: 10 });
  });

  it('can be opened by hand for a maintenance, and is not probed before the announced end', () => {
    const until = NOW + 3_600_000;
    const { breaker, change } = advance(CLOSED, { kind: 'opened', until }, NOW);
    expect(change).toEqual({ kind: 'opened', why: 'by-hand' });
    expect(advance(breaker, { kind: 'probing' }, until - 1).change).toBeUndefined();
    expect(advance(breaker, { kind: 'probing' }, until).change).toEqual({ kind: 'probe', nth: 0 });
    const forGood = advance(CLOSED, { kind: 'opened' }, NOW).breaker;
    expect(advance(forGood, { kind: 'probing' }, NOW + 1e9).change).toBeUndefined();
  });
});

describe('an open breaker', () => {
  it('lets one probe through in fifteen seconds, from any caller', () => {
    const asked = [14_999, 15_000, 15_001, 29_999, 30_000, 30_000].map((ms) => NOW + ms);
    let breaker = OPEN;
    const made = asked.filter((at) => {
      const next = advance(breaker, { kind: 'probing' }, at);
      breaker = next.breaker;
      return next.change?.kind === 'probe';
    });
    expect(made).toEqual([NOW + 15_000, NOW + 30_000]);
    expect(breaker.probes).toBe(2);
  });

  it('stays open after a probe that fails, and recovers after one that is answered', () => {
    expect(advance(OPEN, { kind: 'probed', answered: false }, NOW + 15_000)).toEqual({ breaker: OPEN });
    expect(advance(OPEN, { kind: 'probed', answered: true }, NOW + 15_000).change).toEqual({ kind: 'recovering' });
  });

  it('ignores calls that were in progress when it opened', () => {
    expect(advance(OPEN, calls(NOW, ...times(30, true)), NOW + 1)).toEqual({ breaker: OPEN });
  });

  it('can be closed by hand', () => {
    expect(advance(OPEN, { kind: 'closed' }, NOW + 1).change).toEqual({ kind: 'closed' });
  });
});

describe('a recovering breaker', () => {
  it.each([
    ['one call fails', [false], 'recovering'],
    ['one fails between others', [true, false, true, false, true], 'recovering'],
    ['two fail in a row', [false, false], 'open'],
    ['half of twenty fail', alternate(20), 'open'],
  ])('when %s', (_what, ended, state) => {
    const { breaker, change } = advance(RECOVERING, calls(NOW + 16_000, ...ended), NOW + 16_000);
    expect(breaker.state).toBe(state);
    expect(change).toEqual(state === 'open' ? { kind: 'reopened' } : undefined);
    if (state === 'open') expect(breaker.probeAt).toBe(NOW + 16_000 + PROBE_EVERY_MS);
  });

  it('closes when all parked steps are released, and counts from zero', () => {
    const { breaker, change } = advance(RECOVERING, { kind: 'drained' }, NOW + 20_000);
    expect(change).toEqual({ kind: 'closed' });
    expect(breaker).toEqual({ ...CLOSED, since: NOW + 20_000 });
  });
});

describe('any sequence of events', () => {
  const event: fc.Arbitrary<BreakerEvent> = fc.oneof(
    fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }).map((ended): BreakerEvent => calls(0, ...ended)),
    fc.constant<BreakerEvent>({ kind: 'probing' }),
    fc.boolean().map((answered): BreakerEvent => ({ kind: 'probed', answered })),
    fc.constantFrom<BreakerEvent>({ kind: 'drained' }, { kind: 'closed' }, { kind: 'opened' }),
  );
  const story = fc.array(fc.tuple(event, fc.integer({ min: 0, max: 20_000 })), { maxLength: 80 });

  it('gives only legal transitions, reports each of them, and probes only an open breaker, and rarely', () => {
    fc.assert(
      fc.property(story, (events) => {
        let breaker = CLOSED;
        let at = NOW;
        let probed = -Infinity;
        for (const [happened, ms] of events) {
          at += ms;
          const now =
            happened.kind === 'called' ? { ...happened, spans: happened.spans.map((s) => ({ ...s, at })) } : happened;
          const next = advance(breaker, now, at);
          const change = next.change?.kind;
          if (change === 'probe') {
            expect(breaker.state).toBe('open');
            expect(at - probed).toBeGreaterThanOrEqual(PROBE_EVERY_MS);
            probed = at;
          } else {
            const changed = {
              undefined: breaker.state,
              opened: 'open',
              reopened: 'open',
              recovering: 'recovering',
              closed: 'closed',
            };
            expect(next.breaker.state).toBe(changed[change ?? 'undefined']);
            expect(change === undefined).toBe(next.breaker.state === breaker.state);
          }
          if (next.breaker.state === 'recovering') expect(breaker.state).not.toBe('closed');
          const { calls: total, failures } = tally(next.breaker);
          expect(failures).toBeLessThanOrEqual(total);
          expect(next.breaker.spans.length).toBeLessThanOrEqual(13);
          breaker = next.breaker;
        }
      }),
    );
  });
});
