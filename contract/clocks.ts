import { z } from 'zod';
import { PAUSE_REASONS } from '../domain/deadlines/explain-clock.ts';
import { UNITS } from '../domain/deadlines/explain-limit.ts';
import { STEP_STATUSES } from '../domain/case/status.ts';
import { LIGHTS } from '../domain/deadlines/light.ts';
import { Limit, Text } from '../domain/matter/schema.ts';
import { PARTIES } from '../domain/reports/time-ledger.ts';
import { AgencyId, CaseId, CaseNo, Instant, StepId } from './values.ts';

/** What every clock shows: of a step, an item, a case. */
export const ClockHead = {
  light: z.enum(LIGHTS),
  promisedAt: Instant.optional(),
  statutoryAt: Instant.optional(),
  provisional: z.boolean().meta({
    description:
      '暂定: a deadline lies past the last day that a notice covers; it may move when the next notice is published',
  }),
  pausedAt: Instant.optional(),
  endedAt: Instant.optional(),
};

export const ItemView = z
  .object({
    /** With a number where it is repeated for several, like a step's. */
    id: StepId,
    name: Text,
    lead: z.object({ id: AgencyId, name: Text }),
    steps: z.array(StepId),
    startedAt: Instant.optional(),
    ...ClockHead,
  })
  .meta({ id: 'ItemView', description: 'A service item (事项) of the bundle, with a promise of its own' });
export type ItemView = z.infer<typeof ItemView>;

const Pause = z
  .object({
    step: StepId,
    why: z.enum(PAUSE_REASONS),
    from: Instant,
    to: Instant.optional().meta({ description: 'Absent: it lasts; the date moves when it has ended' }),
    took: z.number().meta({ description: 'In units of the limit' }),
    moved: z.boolean().meta({ description: 'false: an outage, or within the slack of its branch' }),
  })
  .meta({ id: 'ClockPause' });

const Day = z
  .object({
    date: z.iso.date(),
    kind: z.enum(['start-day', 'working-day', 'weekend', 'holiday', 'make-up-day', 'half-day']),
    name: Text.optional(),
    source: z.string().optional().meta({ description: 'The notice that says so' }),
    assumed: z.boolean().meta({ description: 'No notice covers the day yet: Monday to Friday is assumed' }),
    hours: z.array(z.object({ open: z.iso.time({ precision: -1 }), close: z.iso.time({ precision: -1 }) })),
    counted: z.number().meta({ description: 'What of it ran, in units of the limit' }),
    paused: z.number().meta({ description: 'What of it a pause took, likewise' }),
  })
  .meta({ id: 'ClockDay' });

const ExplainedDate = z
  .object({
    at: Instant,
    provisional: z.boolean(),
    limit: Limit,
    unit: z.enum(UNITS),
    startedAt: Instant,
    countedFrom: Instant.meta({ description: 'The day of the start is not counted where the limit is in days' }),
    added: z.number().meta({
      description:
        'In units of the limit: the extension of a step; all that moved a case or an item (its pauses are not in its days)',
    }),
    pauses: z.array(Pause),
    path: z
      .array(z.object({ step: StepId, limit: z.number(), extension: z.number(), paused: z.number() }))
      .optional()
      .meta({ description: 'The critical path of a case or an item, in order' }),
    days: z.array(Day).meta({ description: 'Their `counted` add up to the limit and what was added' }),
  })
  .meta({ id: 'ExplainedDate' });
export type ExplainedDate = z.infer<typeof ExplainedDate>;

const Share = z
  .object({
    party: z.enum(PARTIES),
    agency: z.object({ id: AgencyId, name: Text }).optional(),
    workingMinutes: z.number(),
    seconds: z.int(),
  })
  .meta({ id: 'TimeShare', description: 'Who held it for how long: in window hours, and in all' });

const ExplainedClock = z
  .object({
    of: z.enum(['case', 'item', 'step']),
    id: StepId.optional(),
    name: Text,
    agency: z.object({ id: AgencyId, name: Text }),
    status: z.enum(STEP_STATUSES).optional(),
    ...ClockHead,
    example: z.boolean().meta({ description: '示例时限: no authority has confirmed the limit' }),
    calendar: z.string().meta({ description: 'The version by which its dates come out' }),
    promised: ExplainedDate.optional(),
    statutory: ExplainedDate.optional(),
    held: z.array(Share).optional(),
  })
  .meta({ id: 'ExplainedClock' });
export type ExplainedClock = z.infer<typeof ExplainedClock>;

export const ClockView = z
  .object({
    caseId: CaseId,
    caseNo: CaseNo,
    calendar: z.object({ version: z.string(), coveredUntil: z.iso.date() }),
    clocks: z.array(ExplainedClock),
  })
  .meta({ id: 'ClockView' });
export type ClockView = z.infer<typeof ClockView>;

export const ClockQuery = z.strictObject({
  step: StepId.optional().meta({
    description: 'The clock of this step only; otherwise of the case, its items and its steps',
  }),
});
