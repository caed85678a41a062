import { z } from 'zod';
import { LIGHTS } from '../domain/deadlines/light.ts';
import { STALL_SORTINGS } from '../domain/waiting/causes.ts';
import { WAIT_DETAILS, WAITING_CAUSES } from '../domain/waiting/causes.ts';
import { AgencyId, CaseId, CaseNo, DivisionPrefix, Instant, MatterCode, Reason, Region, StepId } from './values.ts';
import { NextActionView, WaitingOn } from './waiting.ts';

/** Stalls, for supervisors. */

export const Stall = z
  .object({
    id: z.int(),
    caseId: CaseId.optional().meta({ description: 'Absent: a part of the platform itself is stalled' }),
    caseNo: CaseNo.optional(),
    region: Region.optional().meta({ description: 'The division of the case' }),
    division: Region.optional().meta({ description: 'The division that decides the step' }),
    matter: MatterCode.optional(),
    step: StepId.optional().meta({ description: 'Absent: the whole case' }),
    subject: z.string().optional().meta({
      description:
        'Part of the platform (workers, temporal, queue:…), or the id of a message of the system to the case',
    }),
    agency: AgencyId.optional().meta({ description: 'Agency of the step; not every cause is the fault of the agency' }),
    cause: z.enum(WAITING_CAUSES),
    detail: z.enum(WAIT_DETAILS),
    waitingOn: WaitingOn,
    since: Instant,
    openedAt: Instant,
    next: NextActionView.optional(),
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
  region: DivisionPrefix.optional(),
  light: z.enum(LIGHTS).optional(),
  order: z.enum(STALL_SORTINGS).default('urgency').meta({
    description: 'urgency: earliest promised deadline first; age: longest wait first',
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
            own: count.meta({ description: 'Stalls that the agency causes' }),
          }),
        ),
        causes: z.array(z.object({ cause: z.enum(WAITING_CAUSES), count })),
        matters: z.array(z.object({ matter: MatterCode, count })),
        regions: z.array(z.object({ region: Region, count })),
        lights: z.array(z.object({ light: z.enum(LIGHTS), count })),
      })
      .meta({ description: 'Exact counts of everything that the filters select, on every page' }),
    watchedAt: Instant.optional().meta({
      description: 'Last run of the watcher; the list is as old as this. Absent: no run in the last 24 hours',
    }),
  })
  .meta({ id: 'StallList' });
export type StallList = z.infer<typeof StallList>;

/** Why a message of the system that was not recorded needs nothing any more. */
export const DismissConflict = z.strictObject({ reason: Reason });
