import { z } from 'zod';
import { DeclaredField, DisclosedResult, OfficersDecision, RequestId } from '../agencies/contract.ts';
import { STEP_KINDS } from '../domain/case/plan.ts';
import { STEP_STATUSES } from '../domain/case/status.ts';
import { LIGHTS } from '../domain/deadlines/light.ts';
import { Text } from '../domain/matter/schema.ts';
import { ConfirmationView } from './confirmations.ts';
import { LastDayView } from './last-days.ts';
import { CaseId, CaseNo, DecisionKind, Instant, MatterCode, MessageId, StepId } from './values.ts';

/** The worklist of an agency: tasks, claims, drafts and decisions. */

export const Task = z
  .object({
    requestId: z.string(),
    caseNo: CaseNo,
    matter: z.object({ code: MatterCode, version: z.int(), name: Text }),
    step: z.object({ id: StepId, kind: z.enum(STEP_KINDS), name: Text }),
    status: z.enum(STEP_STATUSES),
    round: z.int(),
    light: z.enum(LIGHTS),
    dueAt: Instant.optional(),
    officer: z.string().optional().meta({ description: 'The officer whom a supervisor gave the task' }),
    claimedBy: z.string().optional(),
    claimedAt: Instant.optional(),
    claimedUntil: Instant.optional(),
    coveredFor: z
      .string()
      .optional()
      .meta({ description: 'The absent officer of this task, whom the caller covers now' }),
  })
  .meta({ id: 'Task' });
export type Task = z.infer<typeof Task>;

export const TaskList = z.object({ tasks: z.array(Task), nextCursor: z.string().optional() }).meta({ id: 'TaskList' });

/** What the caller has decided, the latest first, also in rounds that are over. */
export const DecisionList = z
  .object({
    decisions: z.array(
      z.object({
        requestId: z.string(),
        caseId: CaseId,
        caseNo: CaseNo,
        matter: z.object({ code: MatterCode, version: z.int(), name: Text }),
        step: z.object({ id: StepId, name: Text }),
        decision: DecisionKind,
        at: Instant,
        status: z.enum(STEP_STATUSES).meta({ description: 'The status of the step now' }),
      }),
    ),
    nextCursor: z.string().optional(),
  })
  .meta({ id: 'DecisionList' });
export type DecisionList = z.infer<typeof DecisionList>;

/** A decision that is not complete yet. */
const DraftWords = OfficersDecision.omit({ messageId: true, requestId: true }).partial();

export const SaveDraft = DraftWords.extend({ messageId: MessageId.optional(), requestId: RequestId.optional() });

export const DraftView = z
  .object({ by: z.string(), at: Instant, words: z.record(z.string(), z.unknown()) })
  .meta({ id: 'Draft', description: 'A draft of the decision: officer, time, content' });
export type DraftView = z.infer<typeof DraftView>;

export const TaskClaim = z
  .object({
    requestId: z.string(),
    claimedBy: z.string(),
    claimedAt: Instant,
    claimedUntil: Instant,
    draft: DraftView.optional(),
  })
  .meta({ id: 'TaskClaim' });

/** A task with the part of the form that its step discloses. */
export const TaskDetail = Task.extend({
  decisions: z.array(DecisionKind).meta({ description: 'The decisions that the caller can give about this task' }),
  form: z.record(z.string(), z.unknown()),
  results: z.array(DisclosedResult).meta({ description: 'What other steps gave, as far as the step discloses it' }),
  resultFields: z
    .array(DeclaredField)
    .meta({ description: 'What `result` of an approval must have, in the order in which people fill it in' }),
  materials: z.array(z.record(z.string(), z.unknown())),
  supplement: z
    .array(z.record(z.string(), z.unknown()))
    .meta({ description: 'The items that this agency asked for, with the answers' }),
  confirmations: z.array(ConfirmationView).meta({
    description: 'Warnings about the fields of this task that the window confirmed, with the reason',
  }),
  lastDays: z.array(LastDayView).meta({ description: 'Last days that bind the applicant at this step' }),
  draft: DraftView.optional(),
});
