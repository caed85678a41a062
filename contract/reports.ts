import { z } from 'zod';
import { PARTIES } from '../domain/reports/time-ledger.ts';
import { Text } from '../domain/matter/schema.ts';
import { WAITING_CAUSES } from '../domain/waiting/causes.ts';
import { CaseFilters } from './filters.ts';
import { AgencyId, Instant, MatterCode } from './values.ts';

/** Reports for supervisors: over a stretch of days in China, both ends included. */

const Day = z.iso.date().meta({ description: 'A day in China' });
export const Period = {
  from: Day.optional().meta({ description: 'The first day; 29 days before `to` when absent' }),
  to: Day.optional().meta({ description: 'The last day, included; today when absent. At most 366 days in all' }),
};
const { region } = CaseFilters;
const count = z.int().nonnegative();
const Rate = z.number().min(0).max(1);

export const DailyQuery = z.strictObject({ ...Period, region });
export const ReportQuery = z.strictObject({ ...Period, region, matter: MatterCode.optional() });

const Share = z
  .object({
    party: z.enum(PARTIES),
    agency: AgencyId.optional().meta({ description: 'Which, where the party is an agency' }),
    minutes: z.number(),
    workingMinutes: z.number().meta({ description: 'The same, counted in the hours of the windows' }),
  })
  .meta({
    id: 'TimeShare',
    description: 'For how long one party held the steps; every instant belongs to exactly one',
  });

export const TimeReportView = z
  .object({
    from: Day,
    to: Day,
    steps: count.meta({ description: 'Steps that ended in these days' }),
    shares: z.array(Share),
    agencies: z
      .array(z.object({ agency: z.object({ id: AgencyId, name: Text }), steps: count, shares: z.array(Share) }))
      .meta({ description: 'Of the steps of each agency: who held them' }),
  })
  .meta({ id: 'TimeReport' });
export type TimeReportView = z.infer<typeof TimeReportView>;

const Cases = {
  submitted: count,
  ended: count,
  granted: count.meta({ description: 'Of those that ended: completed, wholly or in part' }),
  onTimeRate: Rate.optional().meta({ description: 'Of those that ended and had a promised deadline; absent: none' }),
  open: count.meta({ description: 'At the end of the day' }),
  late: count.meta({ description: 'Of those that were open: past their promised deadline' }),
};

export const DailyReportView = z
  .object({
    day: Day,
    madeAt: Instant,
    total: z.object({ ...Cases, stalled: count }),
    matters: z.array(z.object({ matter: MatterCode, ...Cases })),
    agencies: z.array(
      z.object({
        agency: AgencyId,
        decided: count.meta({ description: 'Steps' }),
        onTimeRate: Rate.optional(),
        supplementRate: Rate.optional(),
        stalled: count.meta({ description: 'At the end of the day, for causes of its own' }),
      }),
    ),
    stalls: z.array(z.object({ cause: z.enum(WAITING_CAUSES), count })),
  })
  .meta({ id: 'DailyReport' });
export type DailyReportView = z.infer<typeof DailyReportView>;

export const DailyReportList = z.object({ reports: z.array(DailyReportView) }).meta({ id: 'DailyReportList' });
export type DailyReportList = z.infer<typeof DailyReportList>;

const Figure = z.object({ value: z.number(), source: z.string(), example: z.boolean() }).meta({
  id: 'BeforeFigure',
  description: 'From the definition of the matter; example: no authority has confirmed it',
});

export const ValueReportView = z
  .object({
    from: Day,
    to: Day,
    matters: z.array(
      z.object({
        matter: z.object({ code: MatterCode, name: Text }),
        before: z
          .object({ materials: Figure.optional(), trips: Figure.optional(), workingDays: Figure.optional() })
          .meta({ description: 'Of one applicant, when each office was asked by itself' }),
        after: z
          .object({
            cases: count.meta({ description: 'That ended in these days, completed wholly or in part' }),
            materials: z.number().optional().meta({ description: 'Handed in for a case; absent: not counted then' }),
            trips: z.number().meta({ description: 'To hand in, to answer notices, to fetch what was not posted' }),
            workingDays: z.number().meta({ description: 'From when it came in to its end' }),
          })
          .optional()
          .meta({ description: 'Averages; absent: there were no such cases' }),
      }),
    ),
  })
  .meta({ id: 'ValueReport' });
export type ValueReportView = z.infer<typeof ValueReportView>;
