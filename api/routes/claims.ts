import { z } from 'zod';
import { formatRequestId } from '../../agencies/contract.ts';
import { claimTask, releaseTask } from '../../db/claims.ts';
import { findDraft, saveDraft } from '../../db/drafts.ts';
import type { StepRow } from '../../db/steps.ts';
import { CLAIM_MS } from '../../matters/worklist/claims.ts';
import { DraftView, DraftWords, TaskClaim } from '../../contract/tasks.ts';
import { accountsOf, claimProblem } from '../claims.ts';
import type { Deps } from '../deps.ts';
import { actorOf } from '../identity.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Route } from '../route.ts';
import { allowedOnStep } from '../views/actions.ts';
import { draftView } from '../views/draft.ts';
import { instants, iso } from '../views/instants.ts';
import { taskScope } from './case-scope.ts';

const params = z.strictObject({ requestId: z.string().max(200) });

/** An officer takes a task of the worklist, writes down what is to be decided, and gives it back. */
export const claimRoutes = (deps: Deps): Route[] => {
  const { pool, cipher } = deps;
  const find = taskScope(deps);
  return [
    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/claim',
      summary: `Take a task for ${CLAIM_MS / 60_000} minutes, so that no colleague works on it too`,
      tag: 'agency',
      policy: { action: 'task.claim', find },
      input: z.strictObject({ params }),
      answers: {
        200: { description: 'The task is yours, with the draft that was left with it', schema: TaskClaim },
        409: { description: 'Taken by or given to somebody else, who is named with the time, or not open any more' },
      },
      handler: async ({ caller, found: { key, found, step } }) => {
        if (key.round !== step.round) throw problem('ROUND_STALE');
        const { id: by } = actorOf(caller);
        const accounts = await accountsOf(deps, caller);
        const claim = await claimTask(pool, { ...key, by, accounts, leaseMs: CLAIM_MS }, deps.now());
        if (claim.kind === 'claimed-by-other') throw claimProblem(claim.other, claim);
        if (claim.kind === 'not-open') {
          const allowed = await allowedOnStep(deps, caller, found, step);
          throw problem('ACTION_NOT_ALLOWED', { more: { allowed } });
        }
        const draft = await findDraft(pool, cipher, key);
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
      summary: 'Give a task back: colleagues can take it at once, with the draft',
      tag: 'agency',
      policy: { action: 'task.claim', find },
      input: z.strictObject({ params }),
      answers: {
        204: { description: 'It is open to colleagues' },
        409: { description: 'It is not yours' },
      },
      handler: async ({ caller, found: { key, step } }) => {
        const { id: by } = actorOf(caller);
        if (!(await releaseTask(pool, { ...key, by }))) throw notYours(step);
        return { status: 204 };
      },
    }),

    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/draft',
      summary: 'Keep what is written so far; whoever takes the task next sees it, and who wrote it',
      tag: 'agency',
      policy: { action: 'task.claim', find },
      input: z.strictObject({ params, body: DraftWords }),
      answers: {
        200: { description: 'Kept, in the place of the draft before it', schema: DraftView },
        409: { description: 'The task is not yours, or has moved on' },
      },
      handler: async ({ caller, found: { key, step }, input: { body: words } }) => {
        if (key.round !== step.round) throw problem('ROUND_STALE');
        const { id: by } = actorOf(caller);
        const saved = await saveDraft(pool, cipher, key, { by, words });
        if (!saved) throw notYours(step);
        return { status: 200, body: { by, at: iso(saved.at), words } };
      },
    }),
  ];
};

/** Names whoever has it, where somebody has. */
const notYours = (step: StepRow): Problem => {
  const { claimedBy } = step;
  const who = claimedBy === undefined ? {} : { claimedBy, ...instants(step, ['claimedAt', 'claimedUntil']) };
  return problem('TASK_NOT_YOURS', { more: who });
};
