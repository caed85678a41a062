import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { inboxId } from '../../agencies/message-id.ts';
import { putMessage } from '../../db/inbox.ts';
import type { Message } from '../../matters/engine/messages.ts';
import { Answered, Recorded } from '../contract.ts';
import { OrderStep, SuspendStep } from '../contracts/orders.ts';
import { deliver } from '../deliver.ts';
import type { Deps } from '../deps.ts';
import { refuseIfClaimed } from '../claims.ts';
import { actorOf } from '../identity.ts';
import { route, type Call, type Reply, type Route } from '../route.ts';
import { taskScope, type FoundTask } from './case-scope.ts';

const params = z.strictObject({ requestId: z.string().max(200) });

const ANSWERS = {
  200: { description: 'Done', schema: Answered },
  202: { description: 'Recorded, not applied yet; it counts when the case is processed again', schema: Recorded },
  409: { description: 'Not allowed now; the body has the reason and the allowed actions' },
};

/** Special procedures (特别程序): the agency looks into something, and the clock of its step stands still meanwhile. */
export const procedureRoutes = (deps: Deps): Route[] => {
  const send = async (
    { caller, found: { key, found, step } }: Call<unknown, FoundTask>,
    { messageId: given = uuidv7(), ...words }: { messageId?: string | undefined },
    make: (head: { id: string; stepId: string; by: ReturnType<typeof actorOf> }) => Message,
  ): Promise<Reply> => {
    await refuseIfClaimed(deps, caller, step);
    const by = actorOf(caller);
    const id = inboxId(by.id, given);
    const message = make({ id, stepId: key.stepId, by });
    const source = caller.role === 'agency' ? ('callback' as const) : ('officer' as const);
    const put = { ...key, messageId: id, source, message, body: words };
    return deliver(deps, caller, found, put, (recorded) => putMessage(deps.pool, deps.cipher, recorded), given);
  };

  return [
    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/suspension',
      summary: 'Start a special procedure: kind, reason and expected working days',
      tag: 'agency',
      policy: { action: 'task.decide', find: taskScope(deps) },
      input: z.strictObject({ params, body: SuspendStep }),
      answers: ANSWERS,
      handler: (call) => {
        const { procedure, expectedDays } = call.input.body;
        return send(call, call.input.body, (head) => ({ kind: 'suspension', procedure, expectedDays, ...head }));
      },
    }),

    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/resumption',
      summary: 'End a special procedure; a decision also ends it',
      tag: 'agency',
      policy: { action: 'task.decide', find: taskScope(deps) },
      input: z.strictObject({ params, body: OrderStep }),
      answers: ANSWERS,
      handler: (call) => send(call, call.input.body, (head) => ({ kind: 'resumption', ...head })),
    }),
  ];
};
