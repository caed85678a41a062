import { z } from 'zod';
import type { Message } from '../../../domain/case/messages.ts';
import { MessageOutcome, MessageReceipt } from '../../../contract/messages.ts';
import { CommandTask, SuspendTask } from '../../../contract/step-commands.ts';
import type { Deps } from '../../deps.ts';
import { refuseIfClaimed } from '../../commands/claims.ts';
import { route, type Call, type Reply, type Route } from '../../http/route.ts';
import { tellCase, type MessageHead } from '../../commands/tell-case.ts';
import { taskScope, type FoundTask } from '../../commands/case-scope.ts';

const params = z.strictObject({ requestId: z.string().max(200) });

const ANSWERS = {
  200: { description: 'Done', schema: MessageOutcome },
  202: { description: 'Recorded, not applied yet; it counts when the case is processed again', schema: MessageReceipt },
  409: { description: 'Not allowed now; the body has the reason and the allowed actions' },
};

/**
 * Special procedures (特别程序) of an agency, for example an inspection. The clock of the step is
 * paused meanwhile.
 */
export const procedureRoutes = (deps: Deps): Route[] => {
  const tell = async (
    { caller, found: { key, step } }: Call<unknown, FoundTask>,
    { messageId, requestId: _about, ...words }: { messageId?: string | undefined; requestId?: string | undefined },
    make: (head: MessageHead & { stepId: string }) => Message,
  ): Promise<Reply> => {
    await refuseIfClaimed(deps, caller, step);
    return tellCase(deps, caller, {
      about: key,
      from: 'agency',
      messageId,
      words,
      make: (head) => make({ stepId: key.stepId, ...head }),
    });
  };

  return [
    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/suspension',
      summary: 'Start a special procedure: kind, reason and expected length',
      tag: 'agency',
      policy: { action: 'task.decide', find: taskScope(deps) },
      input: z.strictObject({ params, body: SuspendTask }),
      answers: ANSWERS,
      keepsMessages: true,
      handler: (call) => {
        const { procedure, expectedDays, unit } = call.input.body;
        return tell(call, call.input.body, (head) => ({ kind: 'suspension', procedure, expectedDays, unit, ...head }));
      },
    }),

    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/resumption',
      summary: 'End a special procedure; a decision also ends it',
      tag: 'agency',
      policy: { action: 'task.decide', find: taskScope(deps) },
      input: z.strictObject({ params, body: CommandTask }),
      answers: ANSWERS,
      keepsMessages: true,
      handler: (call) => tell(call, call.input.body, (head) => ({ kind: 'resumption', ...head })),
    }),
  ];
};
