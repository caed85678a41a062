import { workingMinutesBetween, type Calendar } from '../calendar/calendar.ts';
import type { HoldReason, StepClock } from '../case/clock.ts';

/**
 * Who held a case for how long. `agency` names the agency; `procedure` is the time that the law
 * takes out of an agency’s time (hearings, appraisals, a suspension); `system` is our own delay.
 */
export const PARTIES = ['agency', 'applicant', 'courier', 'outage', 'procedure', 'system'] as const;
type Party = (typeof PARTIES)[number];

/** The time that one party held, in window hours and in plain time. */
export interface Share {
  party: Party;
  agency?: string;
  workingMinutes: number;
  /** Milliseconds. */
  plainMs: number;
}

/** A span of time for which one party is responsible. */
export interface Span {
  from: number;
  to: number;
  party: Party;
  agency?: string;
}

/** The data of a step that the ledger needs. */
export interface HeldStep {
  agency: string;
  clock: StepClock;
  /** When we received the answer that ended it. From then on the delay is that of this system. */
  answeredAt?: number;
}

/**
 * Priority when several holds overlap: holds that stop the legal clock come before those that only
 * move responsibility.
 */
const HOLDERS: readonly { party: Exclude<Party, 'agency'>; reasons: readonly HoldReason[] }[] = [
  { party: 'applicant', reasons: ['supplement', 'payment', 'gap', 'address'] },
  { party: 'procedure', reasons: ['special-procedure', 'suspension'] },
  { party: 'courier', reasons: ['delivery'] },
  { party: 'system', reasons: ['gathering'] },
  { party: 'outage', reasons: ['outage'] },
];

/**
 * The time of a step from its first sending to its end (or `now`), split so that every instant
 * belongs to exactly one party. The time between an end and the command to do the step again
 * belongs to no party and is left out.
 */
export const spansOfStep = ({ agency, clock, answeredAt }: HeldStep, now: number): Span[] => {
  const { startedAt, endedAt = now, holds, rests = [], before = [] } = clock;
  const endOf = (at: number | undefined): number => Math.min(at ?? endedAt, endedAt);
  const cuts = [
    startedAt,
    endedAt,
    ...[...holds, ...rests].flatMap(({ from, to }) => [from, endOf(to)]),
    ...before.map((one) => one.until),
    ...(clock.endedAt !== undefined && answeredAt !== undefined ? [answeredAt] : []),
  ];
  const instants = [...new Set(cuts.filter((at) => at >= startedAt && at <= endedAt))].sort((a, b) => a - b);
  return instants.slice(1).flatMap((to, index): Span[] => {
    const from = instants[index] ?? to;
    const isWithin = (one: { from: number; to?: number | undefined }): boolean =>
      one.from <= from && endOf(one.to) >= to;
    if (rests.some(isWithin)) return [];
    const reasons = holds.filter(isWithin).map(({ why }) => why);
    const holder = HOLDERS.find((one) => one.reasons.some((why) => reasons.includes(why)));
    if (holder) return [{ from, to, party: holder.party }];
    if (clock.endedAt !== undefined && answeredAt !== undefined && from >= answeredAt) {
      return [{ from, to, party: 'system' }];
    }
    return [{ from, to, party: 'agency', agency: before.find((one) => one.until >= to)?.agency ?? agency }];
  });
};

/**
 * The time of a case from receipt to its end (or `now`): every span that a party of a step held,
 * and the rest. The rest is our delay until the first step was sent. After that, only a missing
 * material of the applicant delays all steps.
 */
export const spansOfCase = (
  { receivedAt, endedAt, steps }: { receivedAt: number; endedAt?: number | undefined; steps: readonly HeldStep[] },
  now: number,
): Span[] => {
  const held = steps.flatMap((step) => spansOfStep(step, endedAt ?? now));
  const first = Math.min(...held.map(({ from }) => from), endedAt ?? now);
  const idle: Span[] = [];
  let seenUntil = receivedAt;
  for (const { from, to } of [...held.toSorted((a, b) => a.from - b.from), { from: endedAt ?? now, to: Infinity }]) {
    if (from > seenUntil) {
      idle.push({ from: seenUntil, to: from, party: from <= first ? 'system' : 'applicant' });
    }
    seenUntil = Math.max(seenUntil, to);
  }
  return [...held, ...idle];
};

/**
 * How long each party held the spans. Overlapping spans of one party (steps that run in parallel)
 * count once.
 */
export const sharesOf = (calendar: Calendar, spans: readonly Span[]): Share[] => {
  const byParty = new Map<string, Span[]>();
  for (const span of spans) {
    const key = keyOf(span);
    byParty.set(key, [...(byParty.get(key) ?? []), span]);
  }
  return sortByParty(
    [...byParty.values()].map((own) => {
      let [plainMs, workingMinutes, seenUntil] = [0, 0, -Infinity];
      for (const { from, to } of own.toSorted((a, b) => a.from - b.from)) {
        const start = Math.max(from, seenUntil);
        if (to <= start) continue;
        plainMs += to - start;
        workingMinutes += workingMinutesBetween(calendar, start, to);
        seenUntil = to;
      }
      return { ...partyIn(own[0]), workingMinutes, plainMs };
    }),
  ).filter(({ plainMs }) => plainMs > 0);
};

/** The shares of many steps or cases together. */
export const addShares = (shares: Iterable<Share>): Share[] => {
  const sums = new Map<string, Share>();
  for (const share of shares) {
    const key = keyOf(share);
    const sum = sums.get(key);
    sums.set(key, {
      ...partyIn(share),
      workingMinutes: (sum?.workingMinutes ?? 0) + share.workingMinutes,
      plainMs: (sum?.plainMs ?? 0) + share.plainMs,
    });
  }
  return sortByParty([...sums.values()]);
};

const keyOf = ({ party, agency = '' }: Pick<Share, 'party' | 'agency'>): string => `${party}:${agency}`;

const partyIn = (one: Pick<Share, 'party' | 'agency'> | undefined): Pick<Share, 'party' | 'agency'> => ({
  party: one?.party ?? 'system',
  ...(one?.agency !== undefined && { agency: one.agency }),
});

const sortByParty = (shares: Share[]): Share[] =>
  shares.sort(
    (a, b) => PARTIES.indexOf(a.party) - PARTIES.indexOf(b.party) || (a.agency ?? '').localeCompare(b.agency ?? ''),
  );

/** Who held steps for how long: in total, and for the steps of each agency. */
export interface TimeReport {
  steps: number;
  shares: Share[];
  agencies: { agency: string; steps: number; shares: Share[] }[];
}

/**
 * Adds up ended steps. They are passed in parts, because a report over a year must not hold all of
 * them in memory.
 */
export const reportOfSteps = async (
  calendar: Calendar,
  parts: AsyncIterable<readonly HeldStep[]>,
): Promise<TimeReport> => {
  const byAgency = new Map<string, { steps: number; shares: Share[] }>();
  for await (const part of parts) {
    for (const step of part) {
      const { steps, shares } = byAgency.get(step.agency) ?? { steps: 0, shares: [] };
      const own = sharesOf(calendar, spansOfStep(step, step.clock.endedAt ?? step.clock.startedAt));
      byAgency.set(step.agency, { steps: steps + 1, shares: addShares([...shares, ...own]) });
    }
  }
  const agencies = [...byAgency].map(([agency, sum]) => ({ agency, ...sum }));
  return {
    steps: agencies.reduce((sum, { steps }) => sum + steps, 0),
    shares: addShares(agencies.flatMap(({ shares }) => shares)),
    agencies: agencies.sort((a, b) => a.agency.localeCompare(b.agency)),
  };
};
