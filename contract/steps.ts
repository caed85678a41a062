import { z } from 'zod';
import { DeclaredField } from '../agencies/contract.ts';
import { STEP_OFFERS } from '../domain/actions.ts';
import { ATTENTION_CODES, DAY_UNITS, PROCEDURES } from '../domain/case/messages.ts';
import { STEP_KINDS } from '../domain/case/plan.ts';
import { STEP_STATUSES } from '../domain/case/status.ts';
import { Text } from '../domain/matter/schema.ts';
import { offers } from './actions.ts';
import { ClockHead } from './clocks.ts';
import { Evidence, Letter } from './step-commands.ts';
import { AgencyId, DecisionKind, Instant, MatterCode, Region, StepId } from './values.ts';
import { WaitView, WaitingOn } from './waiting.ts';

/** One step of a case. */
export const StepView = z
  .object({
    id: StepId,
    name: Text,
    agency: z.object({ id: AgencyId, name: Text }),
    division: Region.meta({ description: 'The division whose office decides the step' }),
    kind: z.enum(STEP_KINDS),
    status: z.enum(STEP_STATUSES),
    round: z.int(),
    dueAt: Instant.optional().meta({ description: 'The same as `promisedAt`' }),
    startedAt: Instant.optional(),
    ...ClockHead,
    waitingOn: WaitingOn,
    waiting: WaitView.optional(),
    /** Why the step is not sent: the id of a failed step, or the code of what defers it. */
    because: z.string().optional(),
    attention: z.enum(ATTENTION_CODES).optional(),
    attempts: z.int(),
    lastError: z.string().optional(),
    nextAttemptAt: Instant.optional(),
    claimedBy: z.string().optional(),
    claimedAt: Instant.optional(),
    claimedUntil: Instant.optional(),
    decision: DecisionKind.optional(),
    /** Only for callers who may read the agency's text. */
    reason: z.string().optional(),
    evidence: z.array(Evidence).optional().meta({ description: 'Evidence for a decision on behalf of the agency' }),
    letter: Letter.optional().meta({ description: 'The letter (复函) that a supervisor recorded as the answer' }),
    result: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'What the agency gave with its approval; personal values are masked' }),
    resultFields: z
      .array(DeclaredField)
      .optional()
      .meta({ description: 'What the result of an approval must have; absent when the step has ended' }),
    rules: z
      .array(
        z.object({ id: MatterCode, name: Text, source: z.string(), held: z.boolean(), note: z.string().optional() }),
      )
      .optional()
      .meta({
        description:
          'Results of the rules of an instant step (智能秒办) in this round; only for callers who may read its text. A person decides when a rule fails. `note`: why a rule could not be evaluated',
      }),
    /** The notice that asks for the missing information of the step. */
    noticeId: z.string().optional(),
    suspension: z
      .object({ procedure: z.enum(PROCEDURES), expectedDays: z.int(), unit: z.enum(DAY_UNITS), since: Instant })
      .optional()
      .meta({ description: 'A special procedure (特别程序) or a suspension by a supervisor; the clock is paused' }),
    parkedAt: Instant.optional().meta({
      description: 'Since when the step waits for the end of an outage of its agency (GET /api/v1/incidents)',
    }),
    extensionDays: z.int().optional(),
    officer: z.string().optional(),
    decisions: z
      .array(DecisionKind)
      .optional()
      .meta({ description: 'The decisions that the caller can give about the step now' }),
    actions: offers(STEP_OFFERS),
  })
  .meta({ id: 'StepView' });
export type StepView = z.infer<typeof StepView>;
