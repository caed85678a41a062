import { z } from 'zod';
import { BULK_STATUSES, BULK_VERBS, ITEM_STATES } from '../domain/supervision/bulk.ts';
import { WAITING_CAUSES } from '../domain/waiting/causes.ts';
import { offers } from './actions.ts';
import { CaseFilters } from './filters.ts';
import { says } from '../domain/words/says.ts';
import { procedureFields } from './step-commands.ts';
import { AgencyId, ActorView, CaseId, CaseNo, Cursor, Instant, Reason, StepId } from './values.ts';

/** Bulk acts: one command to a fixed list of cases. */

export const BulkId = z.uuid().meta({ description: 'The id of a bulk act' });

const BulkAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['urge', 'resend', 'resume', 'terminate']) }),
  z.strictObject({ kind: z.literal('extend'), days: z.int().min(1).max(30) }),
  z.strictObject({ kind: z.literal('suspend'), ...procedureFields }),
  z.strictObject({ kind: z.literal('reassign'), agency: AgencyId }),
]);

const BulkFilter = z
  .strictObject({
    ...CaseFilters,
    step: StepId.optional().meta({ description: 'Only this step of the definition' }),
    cause: z.enum(WAITING_CAUSES).optional().meta({ description: 'Only steps that are stalled for this cause' }),
  })
  .refine(
    (filter) => Object.values(filter).some((value) => value !== undefined),
    says('请至少填写一个筛选条件', 'Name at least one condition'),
  )
  .meta({
    description:
      'The filters of GET /api/v1/cases. An action on steps applies to the open steps of these cases; `agency` and `light` then filter the steps',
  });

export const CreateBulk = z.strictObject({ action: BulkAction, filter: BulkFilter, reason: Reason });
export type CreateBulk = z.output<typeof CreateBulk>;

const BulkHead = {
  bulkId: BulkId,
  status: z.enum(BULK_STATUSES),
  action: z.record(z.string(), z.unknown()),
  filter: z.record(z.string(), z.unknown()),
  region: z.string(),
  createdBy: ActorView,
  createdAt: Instant,
  endedAt: Instant.optional(),
  total: z.int(),
  actions: offers(BULK_VERBS),
};

export const BulkList = z.object({ bulk: z.array(z.object(BulkHead)) }).meta({ id: 'BulkList' });

export const BulkView = z
  .object({
    ...BulkHead,
    reason: z.string(),
    twoPersons: z
      .boolean()
      .meta({ description: 'true: a second supervisor has to confirm, because of the number of items' }),
    counts: z.partialRecord(z.enum(ITEM_STATES), z.int()),
    events: z.array(z.object({ at: Instant, kind: z.enum(['create', ...BULK_VERBS]), by: ActorView })),
  })
  .meta({ id: 'Bulk' });
export type BulkView = z.infer<typeof BulkView>;

export const BulkItemQuery = z.strictObject({
  state: z.enum(ITEM_STATES).optional(),
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const BulkItems = z
  .object({
    items: z.array(
      z.object({
        n: z.int(),
        caseId: CaseId,
        caseNo: CaseNo,
        stepId: StepId.optional(),
        round: z.int().optional(),
        effect: z.string().meta({ description: 'Result of the dry run: `apply`, or the code of the refusal' }),
        state: z.enum(ITEM_STATES),
        code: z.string().optional().meta({ description: 'Why the item was refused when it was carried out' }),
      }),
    ),
    nextCursor: z.string().optional(),
  })
  .meta({ id: 'BulkItems' });
