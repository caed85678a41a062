import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { putMessage } from '../../db/inbox.ts';
import type { Message } from '../../matters/engine/messages.ts';
import { Answered, CaseId, DecideStep, Recorded, ResendStep, SettleUndo, StepId } from '../contract.ts';
import { deliver } from '../deliver.ts';
import type { Deps } from '../deps.ts';
import { actorOf } from '../identity.ts';
import type { Action } from '../policy.ts';
import { route, type Call, type Reply, type Route } from '../route.ts';
import { stepScope } from './case-scope.ts';

const params = z.strictObject({ caseId: CaseId, stepId: StepId });

type StepCall = Call<unknown, Awaited<ReturnType<ReturnType<typeof stepScope>>>['found']>;

/** What a supervisor does to a single step. Each is recorded with who and why. */
export const stepRoutes = (deps: Deps): Route[] => {
  const about = (verb: string, action: Action, summary: string) => ({
    method: 'post' as const,
    path: `/api/v1/cases/{caseId}/steps/{stepId}/${verb}`,
    summary,
    tag: 'supervision',
    policy: { action, find: stepScope(deps) },
    answers: {
      200: { description: 'Done', schema: Answered },
      202: { description: 'Recorded; it is done when the case is driven again', schema: Recorded },
      409: { description: 'Not possible now; says why, who was first and what is allowed' },
    },
  });
  const send = ({ caller, found: { found, step } }: StepCall, message: Message, body: unknown): Promise<Reply> => {
    const { caseId, stepId, round } = step;
    const put = { caseId, stepId, round, messageId: message.id, source: 'supervisor' as const, message, body };
    return deliver(deps, caller, found, put, (recorded) => putMessage(deps.pool, deps.cipher, recorded));
  };

  return [
    route({
      ...about('resend', 'step.resend', 'Send the step to its agency again, now'),
      input: z.strictObject({ params, body: ResendStep }),
      handler: (call) => {
        const { stepId, messageId: id = uuidv7(), reason } = { ...call.input.params, ...call.input.body };
        return send(call, { kind: 'resend', id, stepId, by: actorOf(call.caller) }, { reason });
      },
    }),

    route({
      ...about('decide', 'step.decide', 'Decide the step on behalf of its agency'),
      input: z.strictObject({ params, body: DecideStep }),
      handler: (call) => {
        const { step } = call.found;
        const { messageId: id = uuidv7(), decision, reason, round = step.round } = call.input.body;
        const message = {
          kind: 'decision' as const,
          id,
          stepId: step.stepId,
          round,
          decision,
          by: actorOf(call.caller),
        };
        return send(call, message, { reason });
      },
    }),

    route({
      ...about('settle-undo', 'step.settle-undo', 'Say how taking the step back ended, where a person decides'),
      input: z.strictObject({ params, body: SettleUndo }),
      handler: (call) => {
        const { stepId } = call.found.step;
        const { messageId: id = uuidv7(), result, reason } = call.input.body;
        return send(call, { kind: 'undo-settlement', id, stepId, result, by: actorOf(call.caller) }, { reason });
      },
    }),
  ];
};
