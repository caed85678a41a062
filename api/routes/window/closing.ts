import { z } from 'zod';
import type { Message } from '../../../domain/case/messages.ts';
import { MessageOutcome, MessageReceipt } from '../../../contract/messages.ts';
import { CaseId } from '../../../contract/values.ts';
import { CloseCase, WithdrawalConfirmation, WithdrawalPreview } from '../../../contract/withdrawals.ts';
import type { Deps } from '../../deps.ts';
import { route, type Call, type Reply, type Route } from '../../http/route.ts';
import { tellCase, type MessageHead } from '../../commands/tell-case.ts';
import { confirmWithdrawal, previewWithdrawal } from '../../views/withdrawal.ts';
import { caseScope } from '../../commands/case-scope.ts';

const params = z.strictObject({ caseId: CaseId });

const ANSWERS = {
  200: { description: 'The closing has started', schema: MessageOutcome },
  202: {
    description: 'Recorded, not carried out yet; it starts when the case is processed again',
    schema: MessageReceipt,
  },
  409: { description: 'The case has ended or is being closed' },
};

/** Closing a case before all its steps have ended: withdrawn by the applicant, or terminated. */
export const closingRoutes = (deps: Deps): Route[] => {
  const close = (
    { caller, found: { caseId }, input: { body } }: Call<{ body: z.infer<typeof CloseCase> }, { caseId: string }>,
    from: 'window' | 'supervisor',
    kind: 'withdrawal' | 'termination',
  ): Promise<Reply> => {
    const { messageId, ...words } = body;
    const make = (head: MessageHead): Message => ({ kind, ...head });
    return tellCase(deps, caller, { about: { caseId }, from, messageId, words, make });
  };

  return [
    route({
      method: 'get',
      path: '/api/v1/cases/{caseId}/withdrawal',
      summary: 'Preview what a withdrawal would do to each step',
      tag: 'window',
      policy: { action: 'withdrawal.preview', find: caseScope(deps) },
      input: z.strictObject({ params }),
      answers: { 200: { description: 'The preview, as of now', schema: WithdrawalPreview } },
      handler: async ({ found }) => ({ status: 200, body: await previewWithdrawal(deps, found) }),
    }),

    route({
      method: 'post',
      path: '/api/v1/cases/{caseId}/withdrawal',
      summary: 'Withdraw the case',
      tag: 'window',
      policy: { action: 'withdrawal.request', find: caseScope(deps) },
      input: z.strictObject({ params, body: CloseCase }),
      answers: ANSWERS,
      handler: (call) => close(call, 'window', 'withdrawal'),
    }),

    route({
      method: 'get',
      path: '/api/v1/cases/{caseId}/withdrawal/confirmation',
      summary:
        'Get the confirmation of a withdrawal (撤回申请确认书): who withdrew, when and why, and the result of each step',
      tag: 'window',
      policy: { action: 'withdrawal.preview', find: caseScope(deps) },
      input: z.strictObject({ params }),
      answers: {
        200: { description: 'The confirmation, as of now', schema: WithdrawalConfirmation },
        409: { description: 'The case was not withdrawn' },
      },
      handler: async ({ reading, found }) => ({ status: 200, body: await confirmWithdrawal(deps, reading, found) }),
    }),

    route({
      method: 'post',
      path: '/api/v1/cases/{caseId}/termination',
      summary: 'Terminate a case that cannot continue; what was granted stands, the rest is undone',
      tag: 'supervision',
      policy: { action: 'case.terminate', find: caseScope(deps) },
      input: z.strictObject({ params, body: CloseCase }),
      answers: ANSWERS,
      handler: (call) => close(call, 'supervisor', 'termination'),
    }),
  ];
};
