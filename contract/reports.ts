import { z } from 'zod';
import { PARTIES } from '../domain/reports/time-ledger.ts';
import { Text } from '../domain/matter/schema.ts';
import { WAITING_CAUSES } from '../domain/waiting/causes.ts';
import { CaseFilters } from './filters.ts';
import { AgencyId, Instant, MatterCode } from './values.ts';

/** Reports for supervisors over a period of days in China time, first and last day included. */

const Day = z.iso.date().meta({ description: 'A day in China time' });
export const Period = {
  from: Day.optional().meta({ description: 'First day; by default 29 days before `to`' }),
  to: Day.optional().meta({ description: 'Last day, included; by default today. The period is at most 366 days' }),
};
const { region } = CaseFilters;
const count = z.int().nonnegative();
const Rate = z.number().min(0).max(1);

export const DailyQuery = z.strictObject({ ...Period, region });
export const ReportQuery = z.strictObject({ ...Period, region, matter: MatterCode.optional() });

const Share = z
  .object({
    party: z.enum(PARTIES),
    agency: AgencyId.optional().meta({ description: 'Which agency, if the party is an agency' }),
    minutes: z.number(),
    workingMinutes: z.number().meta({ description: 'As `minutes`, counted in opening hours only' }),
  })
  .meta({
    id: 'PartyTime',
    description: 'Time that one party took; every instant belongs to exactly one party',
  });

export const TimeReportView = z
  .object({
    from: Day,
    to: Day,
    steps: count.meta({ description: 'Steps that ended in these days' }),
    shares: z.array(Share),
    agencies: z
      .array(z.object({ agency: z.object({ id: AgencyId, name: Text }), steps: count, shares: z.array(Share) }))
      .meta({ description: 'Time shares for the steps of each agency' }),
  })
  .meta({ id: 'TimeReport' });
export type TimeReportView = z.infer<typeof TimeReportView>;

const Cases = {
  submitted: count,
  ended: count,
  granted: count.meta({ description: 'Of the ended cases: completed, fully or in part' }),
  onTimeRate: Rate.optional().meta({
    description: 'Share of the ended cases with a promised deadline that met it; absent: no such case',
  }),
  open: count.meta({ description: 'At the end of the day' }),
  late: count.meta({ description: 'Of the open cases: past the promised deadline' }),
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
        stalled: count.meta({ description: 'At the end of the day: stalls that the agency causes' }),
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
  description: 'From the definition of the matter. `example`: no authority has confirmed the figure',
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
          .meta({ description: 'For one applicant who applied at each office separately' }),
        after: z
          .object({
            cases: count.meta({ description: 'Cases completed in the period, fully or in part' }),
            materials: z
              .number()
              .optional()
              .meta({ description: 'Materials handed in per case; absent: not counted in that period' }),
            trips: z.number().meta({
              description: 'Visits to submit, to answer notices, and to collect documents that were not mailed',
            }),
            workingDays: z.number().meta({ description: 'From submission to the end of the case' }),
          })
          .optional()
          .meta({ description: 'Averages; absent: no such cases' }),
      }),
    ),
  })
  .meta({ id: 'ValueReport' });
export type ValueReportView = z.infer<typeof ValueReportView>;
