import { z } from 'zod';
import { LOSSES, MASS_LOSSES } from '../domain/supervision/lost-runs.ts';
import { CaseId, CaseNo, Instant, MatterCode, Reason, Region } from './values.ts';

/** Cases whose workflows are lost in Temporal, and that continue in a new run. */

export const LostCase = z
  .object({
    caseId: CaseId,
    caseNo: CaseNo,
    matter: MatterCode,
    region: Region,
    why: z.enum(LOSSES).meta({
      description:
        'missing: Temporal does not have a running workflow; reset: the workflow was reset; behind: it is behind the ledger; ahead: the ledger lacks entries that it has; unwritten: its last entries are being written; asked: a supervisor had it resumed',
    }),
    foundAt: Instant,
    approvedAt: Instant.optional().meta({ description: 'Absent: it waits for an approval' }),
  })
  .meta({ id: 'LostCase' });
export type LostCase = z.infer<typeof LostCase>;

const IncidentNo = z.int().positive();

export const LostCaseQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(100) });

export const LostCaseList = z
  .object({
    cases: z.array(LostCase),
    total: z.int().nonnegative(),
    incident: z
      .object({
        id: IncidentNo,
        why: z.enum(MASS_LOSSES).meta({
          description:
            'many: five or more cases are lost at the same time; namespace: Temporal has another namespace; ledger: Postgres is older than Temporal',
        }),
        openedAt: Instant,
        confirmedAt: Instant.optional(),
      })
      .optional()
      .meta({ description: 'While it is not confirmed, no case resumes by itself' }),
  })
  .meta({ id: 'LostCaseList' });
export type LostCaseList = z.infer<typeof LostCaseList>;

export const ResumeCase = z.strictObject({ reason: Reason });

export const ConfirmResumptions = z.strictObject({
  incident: IncidentNo.meta({ description: 'The incident of the list; it shows what resumes' }),
  reason: Reason,
});

export const ResumptionReceipt = z
  .object({ recorded: z.literal(true) })
  .meta({ id: 'ResumptionReceipt', description: 'Recorded. A worker carries it out.' });
