import { z } from 'zod';
import { REFUSAL_CODES } from '../domain/case/messages.ts';
import { UNDO_CLASSES } from '../domain/case/plan.ts';
import { STEP_STATUSES } from '../domain/case/status.ts';
import { Text } from '../domain/matter/schema.ts';
import { AgencyId, By, CaseNo, Instant, MatterCode, MessageId, Reason, StepId } from './values.ts';

/** Ending a case before its steps are through. */

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
        /** What would become of it. */
        effect: z.enum(['ended', 'not-started', 'stopped', 'undone', 'stands']),
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
    by: By,
    reason: z.string().optional(),
    endedAt: Instant.optional().meta({
      description: 'When everything was settled; absent: something is still being taken back',
    }),
    steps: z.array(
      z.object({
        id: StepId,
        name: Text,
        agency: z.object({ id: AgencyId, name: Text }),
        /** What has become of it. */
        outcome: z.enum(['not-started', 'stopped', 'undone', 'being-undone', 'stands', 'ended']),
        undo: z.enum(UNDO_CLASSES),
        at: Instant.optional(),
      }),
    ),
  })
  .meta({ id: 'WithdrawalConfirmation', description: 'What the paper of a withdrawal (撤回申请确认书) says' });
export type WithdrawalConfirmation = z.infer<typeof WithdrawalConfirmation>;
