import { z } from 'zod';
import { IncidentView } from './incidents.ts';
import { DUE_KINDS } from '../../matters/engine/dues.ts';
import { LIGHTS } from '../../matters/clock/light.ts';
import { Text } from '../../matters/definition/schema.ts';
import { NEXT_ACTIONS, STALL_ORDERS, TURNS, WAIT_DETAILS, WAITING_CAUSES } from '../../matters/waiting/causes.ts';
import { AgencyId, CaseId, CaseNo, Instant, MatterCode, Region, StepId } from './values.ts';

/** Whose turn it is; `nobody`: it has ended. */
export const WaitingOn = z.enum([...TURNS, 'nobody']);
export type WaitingOn = z.infer<typeof WaitingOn>;

const Next = z
  .object({ action: z.enum([...NEXT_ACTIONS, ...DUE_KINDS]), at: Instant.optional() })
  .meta({ id: 'NextAction', description: 'What happens next by itself' });

/** What a step waits for. */
export const Waiting = z
  .object({
    cause: z.enum(WAITING_CAUSES),
    detail: z.enum(WAIT_DETAILS),
    since: Instant,
    next: Next.optional(),
    stalled: z.boolean().meta({ description: 'It has lasted beyond its threshold (停滞)' }),
  })
  .meta({ id: 'Waiting' });
export type Waiting = z.infer<typeof Waiting>;

export const Stall = z
  .object({
    id: z.int(),
    caseId: CaseId.optional().meta({ description: 'Absent: the machinery itself stands still' }),
    caseNo: CaseNo.optional(),
    region: Region.optional(),
    matter: MatterCode.optional(),
    step: StepId.optional().meta({ description: 'Absent: the whole case' }),
    subject: z.string().optional().meta({ description: 'Part of the machinery: workers, temporal, queue:…' }),
    agency: AgencyId.optional().meta({ description: 'Whose step it is; to blame only for causes of its own' }),
    cause: z.enum(WAITING_CAUSES),
    detail: z.enum(WAIT_DETAILS),
    waitingOn: WaitingOn,
    since: Instant,
    openedAt: Instant,
    next: Next.optional(),
    light: z.enum(LIGHTS),
    promisedAt: Instant.optional(),
    attempts: z.int().optional(),
    lastError: z.string().optional(),
  })
  .meta({ id: 'Stall' });
export type Stall = z.infer<typeof Stall>;

export const StallQuery = z.strictObject({
  agency: AgencyId.optional(),
  cause: z.enum(WAITING_CAUSES).optional(),
  matter: MatterCode.optional(),
  region: z
    .string()
    .regex(/^\d{1,6}$/)
    .optional(),
  light: z.enum(LIGHTS).optional(),
  order: z.enum(STALL_ORDERS).default('urgency').meta({
    description: 'urgency: the earliest promised deadline first; age: what has waited longest first',
  }),
  cursor: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_-]+$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

const count = z.int().nonnegative();

export const StallList = z
  .object({
    stalls: z.array(Stall),
    nextCursor: z.string().optional(),
    counts: z
      .object({
        total: count,
        agencies: z.array(
          z.object({
            agency: AgencyId,
            count,
            own: count.meta({ description: 'Those for which the agency is to blame' }),
          }),
        ),
        causes: z.array(z.object({ cause: z.enum(WAITING_CAUSES), count })),
        matters: z.array(z.object({ matter: MatterCode, count })),
        regions: z.array(z.object({ region: Region, count })),
        lights: z.array(z.object({ light: z.enum(LIGHTS), count })),
      })
      .meta({ description: 'Of all that the filters select, exactly, whatever the page' }),
    watchedAt: Instant.optional().meta({
      description: 'The last sign of life of the watcher: were it away, this list would be old. Absent: none for a day',
    }),
  })
  .meta({ id: 'StallList' });
export type StallList = z.infer<typeof StallList>;

const Rate = z.number().min(0).max(1);
const Percentiles = z
  .object({ p50: z.number(), p90: z.number(), p99: z.number() })
  .meta({ id: 'Percentiles', description: 'Half, nine in ten, 99 in a hundred took no more than this' });
const Figures = {
  finished: count.meta({ description: 'Steps that the agency has decided in the window of days' }),
  onTimeRate: Rate.optional().meta({ description: 'Of those that had a promised deadline; absent: there were none' }),
  supplementRate: Rate.optional().meta({ description: 'Share for which the agency asked for a supplement' }),
  minutes: Percentiles.optional().meta({
    description: 'For how long the agency held them, without the time of others',
  }),
  workingMinutes: Percentiles.optional().meta({ description: 'The same, counted in the hours of the windows' }),
};

export const AgencyView = z
  .object({
    id: AgencyId,
    name: Text,
    connection: z.enum(['push', 'worklist', 'rules']),
    pending: count.meta({ description: 'Steps that are not yet with the agency' }),
    running: count.meta({ description: 'Steps that the agency has' }),
    attention: count.meta({ description: 'Steps that a person has to look at' }),
    late: count.meta({ description: 'Open steps past their promised deadline' }),
    stalled: count.meta({ description: 'Stalls for which the agency is to blame' }),
    incident: IncidentView.optional().meta({ description: 'Its outage, while one is not over' }),
    ...Figures,
    steps: z
      .array(z.object({ matter: MatterCode, step: StepId, ...Figures }))
      .meta({ description: 'By the step of the definition' }),
  })
  .meta({ id: 'AgencyView' });
export type AgencyView = z.infer<typeof AgencyView>;

export const AgencyQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(366).default(30) });
export const AgencyList = z.object({ days: z.int(), agencies: z.array(AgencyView) }).meta({ id: 'AgencyList' });
