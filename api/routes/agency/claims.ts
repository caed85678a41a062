import { z } from 'zod';
import { formatRequestId } from '../../../agencies/contract.ts';
import { claimTask, releaseTask } from '../../../db/worklist/claims.ts';
import { findDraft, saveDraft } from '../../../db/worklist/drafts.ts';
import type { StepRow } from '../../../db/cases/steps.ts';
import { CLAIM_MS } from '../../../domain/worklist/claims.ts';
import { DraftView, SaveDraft, TaskClaim } from '../../../contract/tasks.ts';
import { claimProblem } from '../../commands/claims.ts';
import { accountsOf } from '../../../identity/cover.ts';
import type { Deps } from '../../deps.ts';
import { actorOf } from '../../../identity/caller.ts';
import { problem, type Problem } from '../../http/problems.ts';
import { route, type Route } from '../../http/route.ts';
import { allowedOnStep } from '../../views/actions.ts';
import { draftView } from '../../views/draft.ts';
import { instants, iso } from '../../views/instants.ts';
import { taskScope } from '../../commands/case-scope.ts';
import { readOf } from './task-reads.ts';

const params = z.strictObject({ requestId: z.string().max(200) });

/** Claiming a task of the worklist, saving a draft, and releasing the task. */
export const claimRoutes = (deps: Deps): Route[] => {
  const { pool, cipher } = deps;
  const find = taskScope(deps);
  return [
    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/claim',
      summary: `Claim a task for ${CLAIM_MS / 60_000} minutes, so that no other officer works on it`,
      tag: 'agency',
      policy: { action: 'task.claim', find },
      input: z.strictObject({ params }),
      answers: {
        200: { description: 'The task is claimed; the body has its draft', schema: TaskClaim },
        409: {
          description: 'Claimed by or assigned to another officer, who is named with the time, or no longer open',
        },
      },
      handler: async ({ caller, reading, found: { key, found, step } }) => {
        if (key.round !== step.round) throw problem('ROUND_STALE');
        const { id: by } = actorOf(caller);
        const accounts = await accountsOf(deps.pool, caller);
        const claim = await claimTask(pool, { ...key, by, accounts, leaseMs: CLAIM_MS }, deps.now());
        if (claim.kind === 'claimed-by-other') throw claimProblem(claim.other, claim);
        if (claim.kind === 'not-open') {
          const allowed = await allowedOnStep(deps, caller, found, step);
          throw problem('ACTION_NOT_ALLOWED', { more: { allowed } });
        }
        const draft = await findDraft(pool, reading.open(readOf('draft', key)), key);
        const body = {
          requestId: formatRequestId(key),
          claimedBy: by,
          ...instants(claim, ['claimedAt', 'claimedUntil']),
          ...draftView(draft),
        };
        return { status: 200, body };
      },
    }),

    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/release',
      summary: 'Release a task: other officers can claim it at once, with its draft',
      tag: 'agency',
      policy: { action: 'task.claim', find },
      input: z.strictObject({ params }),
      answers: {
        204: { description: 'The task is released' },
        409: { description: 'The task is not claimed by the caller' },
      },
      handler: async ({ caller, found: { key, step } }) => {
        const { id: by } = actorOf(caller);
        if (!(await releaseTask(pool, { ...key, by }))) throw refuseOther(step);
        return { status: 204 };
      },
    }),

    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/draft',
      summary: 'Save a draft of the decision; the next officer who claims the task sees it with its author',
      tag: 'agency',
      policy: { action: 'task.claim', find },
      input: z.strictObject({ params, body: SaveDraft }),
      answers: {
        200: { description: 'Saved; it replaces the previous draft', schema: DraftView },
        409: { description: 'The task is not claimed by the caller, or is in another state' },
      },
      handler: async ({ caller, found: { key, step }, input: { body } }) => {
        const { messageId: _id, requestId: _about, ...words } = body;
        if (key.round !== step.round) throw problem('ROUND_STALE');
        const { id: by } = actorOf(caller);
        const saved = await saveDraft(pool, cipher, key, { by, words });
        if (!saved) throw refuseOther(step);
        return { status: 200, body: { by, at: iso(saved.at), words } };
      },
    }),
  ];
};

/** Names the officer who has claimed the task, if there is one. */
const refuseOther = (step: StepRow): Problem => {
  const { claimedBy } = step;
  const who = claimedBy === undefined ? {} : { claimedBy, ...instants(step, ['claimedAt', 'claimedUntil']) };
  return problem('TASK_NOT_YOURS', { more: who });
};
