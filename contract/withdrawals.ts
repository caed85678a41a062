import { z } from 'zod';
import { REFUSAL_CODES } from '../domain/case/messages.ts';
import { UNDO_CLASSES } from '../domain/case/plan.ts';
import { STEP_STATUSES } from '../domain/case/status.ts';
import { Text } from '../domain/matter/schema.ts';
import { AgencyId, ActorView, CaseNo, Instant, MatterCode, MessageId, Reason, StepId } from './values.ts';

/** Closing a case before all its steps have ended. */

export const CloseCase = z.strictObject({ messageId: MessageId.optional(), reason: Reason });

export const WithdrawalPreview = z
  .object({
    allowed: z.boolean(),
    code: z.enum(REFUSAL_CODES).optional(),
    steps: z.array(
      z.object({
        id: StepId,
        name: Text,
        agency: z.object({ id: AgencyId, name: Text }),
        status: z.enum(STEP_STATUSES),
        /** What would happen to the step. */
        effect: z.enum(['ended', 'not-started', 'stopped', 'undone', 'to-person', 'stands']),
        undo: z.enum(UNDO_CLASSES),
      }),
    ),
  })
  .meta({ id: 'WithdrawalPreview' });
export type WithdrawalPreview = z.infer<typeof WithdrawalPreview>;

export const WithdrawalConfirmation = z
  .object({
    caseNo: CaseNo,
    matter: z.object({ code: MatterCode, version: z.int(), name: Text }),
    submittedAt: Instant,
    withdrawnAt: Instant,
    by: ActorView,
    reason: z.string().optional(),
    endedAt: Instant.optional().meta({
      description: 'When all steps were settled; absent: a step is still being undone',
    }),
    steps: z.array(
      z.object({
        id: StepId,
        name: Text,
        agency: z.object({ id: AgencyId, name: Text }),
        outcome: z.enum(['not-started', 'stopped', 'undone', 'being-undone', 'to-person', 'stands', 'ended']),
        undo: z.enum(UNDO_CLASSES),
        at: Instant.optional(),
      }),
    ),
  })
  .meta({
    id: 'WithdrawalConfirmation',
    description: 'The contents of the confirmation of a withdrawal (撤回申请确认书)',
  });
export type WithdrawalConfirmation = z.infer<typeof WithdrawalConfirmation>;
