import { z } from 'zod';
import { findOfficer } from '../../../db/worklist/absences.ts';
import type { StepRow } from '../../../db/cases/steps.ts';
import { whyNotLetter } from '../../../domain/office/letter.ts';
import { LETTER_RULE_WORDS, REQUEST_RULE_WORDS } from '../../../domain/words/request-rules.ts';
import type { Digest, Message } from '../../../domain/case/messages.ts';
import { getStep } from '../../../domain/matter/compile.ts';
import { judgeResult } from '../../../exchange/step-results.ts';
import { liesIn } from '../../../domain/division/divisions.ts';
import { MessageOutcome, MessageReceipt } from '../../../contract/messages.ts';
import { CaseId, StepId } from '../../../contract/values.ts';
import {
  ConfirmStep,
  DecideStep,
  ExtendStep,
  CommandStep,
  ReassignStep,
  SettleUndo,
  SuspendStep,
} from '../../../contract/step-commands.ts';
import type { Deps } from '../../deps.ts';
import type { Action } from '../../policy.ts';
import { rejectRequest, type Language } from '../../http/problems.ts';
import { route, type Call, type Reply, type Route } from '../../http/route.ts';
import { tellCase, type MessageHead } from '../../commands/tell-case.ts';
import { refuseWrongDecision } from '../../commands/wrong-decision.ts';
import { stepScope } from '../../commands/case-scope.ts';

const params = z.strictObject({ caseId: CaseId, stepId: StepId });

type StepCall = Call<unknown, Awaited<ReturnType<ReturnType<typeof stepScope>>>['found']>;

/** Commands of a supervisor, or of the window, about one step. Each is recorded with the person and the reason. */
export const stepRoutes = (deps: Deps): Route[] => {
  const about = (verb: string, action: Action, summary: string) => ({
    method: 'post' as const,
    path: `/api/v1/cases/{caseId}/steps/{stepId}/${verb}`,
    summary,
    tag: 'supervision',
    policy: { action, find: stepScope(deps) },
    answers: {
      200: { description: 'Done', schema: MessageOutcome },
      202: {
        description: 'Recorded, not carried out yet; it is done when the case is processed again',
        schema: MessageReceipt,
      },
      409: { description: 'Not allowed now; the body has the reason, the first decision and the allowed actions' },
    },
  });

  const tell = (
    { caller, found: { step } }: StepCall,
    { messageId, ...words }: { messageId?: string | undefined },
    make: (head: MessageHead & { stepId: string }) => Message,
  ): Promise<Reply> =>
    tellCase(deps, caller, {
      about: step,
      from: caller.role === 'clerk' ? 'window' : 'supervisor',
      messageId,
      words,
      make: (head) => make({ stepId: step.stepId, ...head }),
    });

  /** What the case is told of the result. Throws when the step cannot get the decision. */
  const judge = async (
    { found: { found, step }, language }: StepCall,
    said: Parameters<typeof refuseWrongDecision>[2],
  ): Promise<{ result?: Digest }> => {
    const { matter } = await deps.registry.matterOf(found);
    const clock = { now: deps.now() };
    refuseWrongDecision(matter, step, said, { language, ...clock });
    const { caseId, stepId } = step;
    const { result } = judgeResult(deps.cipher, { caseId, step: getStep(matter, stepId) }, said, clock);
    return result === undefined ? {} : { result };
  };

  return [
    route({
      ...about('resend', 'step.resend', 'Send the step to its agency again'),
      input: z.strictObject({ params, body: CommandStep }),
      handler: (call) => tell(call, call.input.body, (head) => ({ kind: 'resend', ...head })),
    }),

    route({
      ...about('urge', 'step.urge', 'Urge the agency of the step (催办)'),
      input: z.strictObject({ params, body: CommandStep }),
      handler: (call) => tell(call, call.input.body, (head) => ({ kind: 'urge', ...head })),
    }),

    route({
      ...about('extend', 'step.extend', 'Extend the limit of the step once, within the limit of the law'),
      input: z.strictObject({ params, body: ExtendStep }),
      handler: (call) => {
        const { days } = call.input.body;
        return tell(call, call.input.body, (head) => ({ kind: 'extension', days, ...head }));
      },
    }),

    route({
      ...about(
        'suspend',
        'step.suspend',
        'Suspend the step: its clock stops for a special procedure (特别程序) or another reason',
      ),
      input: z.strictObject({ params, body: SuspendStep }),
      handler: (call) => {
        const { procedure, expectedDays, unit } = call.input.body;
        return tell(call, call.input.body, (head) => ({ kind: 'suspension', procedure, expectedDays, unit, ...head }));
      },
    }),

    route({
      ...about('resume', 'step.suspend', 'Resume the step: its clock runs again'),
      input: z.strictObject({ params, body: CommandStep }),
      handler: (call) => tell(call, call.input.body, (head) => ({ kind: 'resumption', ...head })),
    }),

    route({
      ...about('reassign', 'step.reassign', 'Reassign the step to another agency, or to an officer of its agency'),
      input: z.strictObject({ params, body: ReassignStep }),
      handler: async (call) => {
        const to = await findAssignee(deps, call.found.step, call.input.body, call.language);
        return tell(call, call.input.body, (head) => ({ kind: 'reassignment', to, ...head }));
      },
    }),

    route({
      ...about('redo', 'step.redo', 'Start the step again in a new round; a case that has ended is reopened'),
      input: z.strictObject({ params, body: CommandStep }),
      handler: (call) => tell(call, call.input.body, (head) => ({ kind: 'redo', ...head })),
    }),

    route({
      ...about('keep', 'step.keep', 'Keep the result of the step although a value that it used was corrected'),
      input: z.strictObject({ params, body: CommandStep }),
      handler: (call) => tell(call, call.input.body, (head) => ({ kind: 'keep', ...head })),
    }),

    route({
      ...about('confirm', 'step.confirm', 'Confirm by papers what the register does not have (凭原件确认)'),
      input: z.strictObject({ params, body: ConfirmStep }),
      handler: async (call) => {
        const result = await judge(call, { decision: 'approved', ...call.input.body });
        return tell(call, call.input.body, (head) => ({ kind: 'confirmation', ...result, ...head }));
      },
    }),

    route({
      ...about(
        'decide',
        'step.decide',
        'Decide the step on behalf of its agency, or record the letter of an office that is not connected (复函)',
      ),
      input: z.strictObject({ params, body: DecideStep }),
      handler: async (call) => {
        const { decision, round = call.found.step.round, ...words } = call.input.body;
        const rule = whyNotLetter(call.found.step, words.letter, deps.now());
        if (rule) throw rejectRequest([{ path: 'body.letter', rule }], LETTER_RULE_WORDS, call.language);
        const result = await judge(call, call.input.body);
        return tell(call, words, (head) => ({ kind: 'decision', round, decision, ...result, ...head }));
      },
    }),

    route({
      ...about('retry-undo', 'step.settle-undo', 'Request the undo again from an agency that refused it'),
      input: z.strictObject({ params, body: CommandStep }),
      handler: (call) => tell(call, call.input.body, (head) => ({ kind: 'undo-retry', ...head })),
    }),

    route({
      ...about('settle-undo', 'step.settle-undo', 'Record the result of an undo that a person decides'),
      input: z.strictObject({ params, body: SettleUndo }),
      handler: (call) => {
        const { result } = call.input.body;
        return tell(call, call.input.body, (head) => ({ kind: 'undo-settlement', result, ...head }));
      },
    }),
  ];
};

const findAssignee = async (
  deps: Deps,
  step: StepRow,
  { agency, officer }: ReassignStep,
  language: Language,
): Promise<{ agency: string } | { officer: string }> => {
  if (officer !== undefined) {
    // No other officer could claim the task then.
    const found = await findOfficer(deps.pool, step.agency, officer);
    if (found && step.division.startsWith(found.region)) return { officer };
    throw rejectRequest([{ path: 'body.officer', rule: 'unknown-officer' }], REQUEST_RULE_WORDS, language);
  }
  const office = (await deps.registry.agencies()).get(agency ?? '');
  if (office && liesIn(step.division, office.divisions)) return { agency: office.id };
  const rule = office ? 'agency-elsewhere' : 'unknown-agency';
  throw rejectRequest([{ path: 'body.agency', rule }], REQUEST_RULE_WORDS, language);
};
