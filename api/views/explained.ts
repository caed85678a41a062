import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import type { ExplainedDate } from '../../domain/deadlines/explain-clock.ts';
import type { ExplainedDay } from '../../domain/deadlines/explain-limit.ts';
import type { Share } from '../../domain/reports/time-ledger.ts';
import type { ExplainedClock, ExplainedDate as DateView } from '../../contract/clocks.ts';
import { agencyName } from './names.ts';
import { instants, iso } from './instants.ts';

export type Agencies = ReadonlyMap<string, AgencyRecord>;

/** A deadline with everything that contributed to it. */
export const explainedView = (date: ExplainedDate): DateView => ({
  at: iso(date.at),
  provisional: date.provisional,
  limit: date.limit,
  unit: date.unit,
  startedAt: iso(date.startedAt),
  countedFrom: iso(date.from),
  added: roundFigure(date.added),
  pauses: date.pauses.map(({ stepId, why, took, moved, ...pause }) => ({
    step: stepId,
    why,
    from: iso(pause.from),
    ...instants(pause, ['to']),
    took: roundFigure(took),
    moved,
  })),
  ...(date.path && {
    path: date.path.map(({ stepId, limit, extension, paused }) => ({
      step: stepId,
      limit: roundFigure(limit),
      extension: roundFigure(extension),
      paused: roundFigure(paused),
    })),
  }),
  days: date.days.map(dayView),
});

const dayView = ({ hours, counted, paused, ...day }: ExplainedDay): DateView['days'][number] => ({
  ...day,
  hours: hours.map(({ open, close }) => ({ open: timeOfDay(open), close: timeOfDay(close) })),
  counted: roundFigure(counted),
  paused: roundFigure(paused),
});

export const sharesView = (shares: readonly Share[], agencies: Agencies): NonNullable<ExplainedClock['held']> =>
  shares.map(({ party, agency, workingMinutes, plainMs }) => ({
    party,
    ...(agency !== undefined && { agency: agencyName(agencies, agency) }),
    workingMinutes: roundFigure(workingMinutes),
    seconds: Math.round(plainMs / 1_000),
  }));

/** Four decimals: a ten-thousandth of a working day is about three seconds. */
const roundFigure = (amount: number): number => Math.round(amount * 10_000) / 10_000;

const timeOfDay = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
