import { z } from 'zod';
import { STEP_OFFERS } from '../domain/actions.ts';
import { ATTENTION_CODES, PROCEDURES } from '../domain/case/messages.ts';
import { STEP_KINDS } from '../domain/case/plan.ts';
import { STEP_STATUSES } from '../domain/case/status.ts';
import { Text } from '../domain/matter/schema.ts';
import { offers } from './actions.ts';
import { ClockHead } from './clocks.ts';
import { Evidence } from './step-commands.ts';
import { AgencyId, DecisionKind, Instant, MatterCode, StepId } from './values.ts';
import { Waiting, WaitingOn } from './waiting.ts';

/** One step of a case, as its page shows it. */
export const StepView = z
  .object({
    id: StepId,
    name: Text,
    agency: z.object({ id: AgencyId, name: Text }),
    kind: z.enum(STEP_KINDS),
    status: z.enum(STEP_STATUSES),
    round: z.int(),
    dueAt: Instant.optional().meta({ description: 'The same as `promisedAt`' }),
    startedAt: Instant.optional(),
    ...ClockHead,
    waitingOn: WaitingOn,
    waiting: Waiting.optional(),
    /** Why it is not sent: the step that did not end well, or what it is held by. */
    because: z.string().optional(),
    attention: z.enum(ATTENTION_CODES).optional(),
    attempts: z.int(),
    lastError: z.string().optional(),
    nextAttemptAt: Instant.optional(),
    claimedBy: z.string().optional(),
    claimedAt: Instant.optional(),
    claimedUntil: Instant.optional(),
    decision: DecisionKind.optional(),
    /** The agency's words, only for those who may read them. */
    reason: z.string().optional(),
    evidence: z.array(Evidence).optional().meta({ description: 'What proves a decision on behalf of the agency' }),
    result: z.record(z.string(), z.unknown()).optional(),
    rules: z
      .array(
        z.object({ id: MatterCode, name: Text, source: z.string(), held: z.boolean(), note: z.string().optional() }),
      )
      .optional()
      .meta({
        description:
          'How the rules of an instant step (智能秒办) came out in this round, for those who may read its words: what missed one is decided by a person. `note` says why a rule could not be judged',
      }),
    /** The notice in which what the step lacks is asked for. */
    noticeId: z.string().optional(),
    suspension: z
      .object({ procedure: z.enum(PROCEDURES), expectedDays: z.int(), since: Instant })
      .optional()
      .meta({ description: 'A special procedure (特别程序) or a suspension by a supervisor: the clock stands still' }),
    parkedAt: Instant.optional().meta({
      description: 'Since when it waits for an outage of its agency to end (GET /api/v1/incidents)',
    }),
    extensionDays: z.int().optional(),
    officer: z.string().optional(),
    actions: offers(STEP_OFFERS),
  })
  .meta({ id: 'StepView' });
export type StepView = z.infer<typeof StepView>;
