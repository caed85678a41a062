import { z } from 'zod';
import { PAUSE_REASONS } from '../domain/deadlines/explain-clock.ts';
import { UNITS } from '../domain/deadlines/explain-limit.ts';
import { STEP_STATUSES } from '../domain/case/status.ts';
import { LIGHTS } from '../domain/deadlines/light.ts';
import { Limit, Text } from '../domain/matter/schema.ts';
import { PARTIES } from '../domain/reports/time-ledger.ts';
import { AgencyId, CaseId, CaseNo, Instant, StepId } from './values.ts';

/** The fields of every clock: of a step, an item or a case. */
export const ClockHead = {
  light: z.enum(LIGHTS),
  promisedAt: Instant.optional(),
  statutoryAt: Instant.optional(),
  provisional: z.boolean().meta({
    description:
      '暂定: `promisedAt` is later than the last day with a published holiday notice, and may move with the next one',
  }),
  statutoryProvisional: z.boolean().meta({ description: 'The same for `statutoryAt`' }),
  pausedAt: Instant.optional().meta({ description: 'Absent after the end' }),
  endedAt: Instant.optional(),
};

export const ItemView = z
  .object({
    /** Has a number when the item is repeated for a list, as step ids have: `card.2`. */
    id: StepId,
    name: Text,
    lead: z.object({ id: AgencyId, name: Text }),
    steps: z.array(StepId),
    startedAt: Instant.optional(),
    ...ClockHead,
  })
  .meta({ id: 'ItemView', description: 'A service item (事项) of the bundle; each has its own promised deadline' });
export type ItemView = z.infer<typeof ItemView>;

const Pause = z
  .object({
    step: StepId,
    why: z.enum(PAUSE_REASONS),
    from: Instant,
    to: Instant.optional().meta({ description: 'Absent: the pause has not ended; the date moves when it ends' }),
    took: z.number().meta({ description: 'In units of the limit' }),
    moved: z
      .boolean()
      .meta({ description: 'Whether it moved the date; false: an outage, or within the slack of a parallel branch' }),
  })
  .meta({ id: 'ClockPause' });

const Day = z
  .object({
    date: z.iso.date(),
    kind: z.enum(['start-day', 'working-day', 'weekend', 'holiday', 'make-up-day', 'half-day']),
    name: Text.optional(),
    source: z.string().optional().meta({ description: 'The holiday notice or the law that defines the day' }),
    assumed: z.boolean().meta({
      description:
        'true: neither a holiday notice nor the law says what the day is, so Monday to Friday count as working days',
    }),
    hours: z.array(z.object({ open: z.iso.time({ precision: -1 }), close: z.iso.time({ precision: -1 }) })),
    counted: z.number().meta({ description: 'Part of the day that counts, in units of the limit' }),
    paused: z.number().meta({ description: 'Part of the day that was paused, in units of the limit' }),
  })
  .meta({ id: 'ClockDay' });

const ExplainedDate = z
  .object({
    at: Instant,
    provisional: z.boolean(),
    limit: Limit,
    unit: z.enum(UNITS).meta({ description: 'A limit in months is counted in calendar days' }),
    startedAt: Instant,
    countedFrom: Instant.meta({ description: 'A limit in days or months does not count the day of the start' }),
    added: z.number().meta({
      description:
        'In units of the limit. Step: the extension. Case or item: everything that moved the date; its `days` leave out pauses',
    }),
    pauses: z.array(Pause),
    path: z
      .array(z.object({ step: StepId, limit: z.number(), extension: z.number(), paused: z.number() }))
      .optional()
      .meta({ description: 'The critical path of a case or an item, in order' }),
    days: z.array(Day).meta({ description: 'The sum of `counted` is the limit plus `added`' }),
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
  .meta({ id: 'ClockShare', description: 'Time that one party took: in opening hours and in total' });

const ExplainedClock = z
  .object({
    of: z.enum(['case', 'item', 'step']),
    id: StepId.optional(),
    name: Text,
    agency: z.object({ id: AgencyId, name: Text }),
    status: z.enum(STEP_STATUSES).optional(),
    ...ClockHead,
    example: z.boolean().meta({ description: '示例时限: no authority has confirmed the limit' }),
    calendar: z.string().meta({ description: 'Version of the calendar that the dates are computed with' }),
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
    description: 'Only the clock of this step; by default the clocks of the case, its items and its steps',
  }),
});
