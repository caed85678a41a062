import { z } from 'zod';
import { LIGHTS } from '../domain/deadlines/light.ts';
import { STALL_ORDERS } from '../domain/waiting/causes.ts';
import { WAIT_DETAILS, WAITING_CAUSES } from '../domain/waiting/causes.ts';
import { AgencyId, CaseId, CaseNo, Instant, MatterCode, Region, StepId } from './values.ts';
import { Next, WaitingOn } from './waiting.ts';

/** What stands still, for supervisors. */

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
