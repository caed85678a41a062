import { setTimeout as delay } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { AnsweredDecision, askedIn, formatRequestId, Progress, wantedItems } from '../../agencies/contract.ts';
import { contentId, inboxId } from '../../agencies/message-id.ts';
import { agencyTasks } from '../../db/agency-tasks.ts';
import type { CaseRow } from '../../db/cases.ts';
import { loadStep, recordDisclosure } from '../../db/disclosures.ts';
import { putMessage, type NewMessage, type PutMessage } from '../../db/inbox.ts';
import { answeredItems } from '../../db/notices.ts';
import { claimTask, type StepRow } from '../../db/steps.ts';
import { findStep } from '../../matters/compile.ts';
import { isStepEnd } from '../../matters/engine/status.ts';
import { disclose } from '../../matters/form.ts';
import { answersTo, shownMaterials } from '../../matters/papers.ts';
import { Answered, MessageId, Recorded, TaskClaim, TaskDetail, TaskList, type Task } from '../contract.ts';
import { deliver } from '../deliver.ts';
import type { Deps } from '../deps.ts';
import { actorOf } from '../identity.ts';
import { watch } from '../notices.ts';
import { scopeOf, type Caller } from '../policy.ts';
import { problem } from '../problems.ts';
import { route, type Found, type Route } from '../route.ts';
import { heardOfStep } from '../../db/enquiries.ts';
import { stepActionsFor } from '../views/actions.ts';
import { taskScope } from './case-scope.ts';
import { lightOfStep } from '../views/case.ts';
import { stepName } from '../views/names.ts';
import { instants, iso } from '../views/instants.ts';

/** An officer has this long for a task, until it is open to colleagues again; claiming again extends it. */
const CLAIM_MS = 30 * 60_000;
/** However much happens, a waiting agency's list is not read more often. */
const LIST_PAUSE_MS = 500;

const params = z.strictObject({ requestId: z.string().max(200) });

/** The agencies' side: officers by token, systems by signature; each touches its own steps only. */
export const taskRoutes = (deps: Deps): Route[] => {
  const find = taskScope(deps);
  return [
    route({
      method: 'get',
      path: '/agency/v1/tasks',
      summary: 'Open tasks of the agency, nearest deadline first',
      tag: 'agency',
      policy: { action: 'task.list', find: ownAgency },
      input: z.strictObject({
        query: z.strictObject({
          wait: z.coerce
            .number()
            .int()
            .min(0)
            .max(30)
            .default(0)
            .meta({ description: 'Seconds to wait when there is none' }),
          cursor: z
            .string()
            .max(400)
            .regex(/^[A-Za-z0-9_-]+$/)
            .optional(),
          limit: z.coerce.number().int().min(1).max(100).default(20),
        }),
      }),
      answers: { 200: { description: 'One page', schema: TaskList } },
      handler: async ({ caller, found: agency, input: { query }, res }) => {
        const gone = new AbortController();
        res.once('close', () => gone.abort());
        const over = AbortSignal.any([gone.signal, deps.stopping]);
        const { region = '' } = scopeOf(caller, 'task.list');
        const page = { limit: query.limit, region, ...(query.cursor !== undefined && { after: query.cursor }) };
        const { tasks, nextCursor } = await untilSome(deps, query.wait * 1000, over, () =>
          agencyTasks(deps.pool, agency, page),
        );
        const body = { tasks: await Promise.all(tasks.map((task) => taskView(deps, task, task))) };
        return { status: 200, body: { ...body, ...(nextCursor !== undefined && { nextCursor }) } };
      },
    }),

    route({
      method: 'get',
      path: '/agency/v1/tasks/{requestId}',
      summary: 'One task with what its step discloses',
      tag: 'agency',
      policy: { action: 'task.read', find },
      input: z.strictObject({ params }),
      answers: {
        200: { description: 'The task; reading it is recorded as a disclosure', schema: TaskDetail },
        409: { description: 'The step has ended: there is no more need to know' },
      },
      handler: async ({ found: { key, found, step } }) => {
        if (key.round !== step.round) throw problem('ROUND_STALE');
        if (isStepEnd(step.status)) throw problem('STEP_ENDED');
        return {
          status: 200,
          body: { ...(await taskView(deps, found, step)), ...(await disclosed(deps, found, step)) },
        };
      },
    }),

    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/claim',
      summary: 'Take a task for 30 minutes, so that no colleague works on it too',
      tag: 'agency',
      policy: { action: 'task.claim', find },
      input: z.strictObject({ params }),
      answers: {
        200: { description: 'The task is yours', schema: TaskClaim },
        409: { description: 'Taken by somebody else, who is named with the time, or not open any more' },
      },
      handler: async ({ caller, found: { key, found, step } }) => {
        if (key.round !== step.round) throw problem('ROUND_STALE');
        const { id: by } = actorOf(caller);
        const claim = await claimTask(deps.pool, { ...key, by, leaseMs: CLAIM_MS });
        if (claim.kind === 'taken') throw taken(claim.by, claim.until);
        if (claim.kind === 'not-open') {
          throw problem('ACTION_NOT_ALLOWED', { more: { allowed: stepActionsFor(caller, found, step) } });
        }
        const body = { requestId: formatRequestId(key), claimedBy: by, claimedUntil: iso(claim.until) };
        return { status: 200, body };
      },
    }),

    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/decision',
      summary: 'Approve, refuse or ask for a supplement',
      tag: 'agency',
      policy: { action: 'task.decide', find },
      input: z.strictObject({
        params,
        headers: z.object({ 'webhook-id': MessageId.optional() }),
        body: AnsweredDecision,
      }),
      answers: {
        200: { description: 'The decision counts (or did before)', schema: Answered },
        202: { description: 'Recorded; it counts when the case is driven again', schema: Recorded },
        409: { description: 'Not possible any more; says who was first' },
      },
      handler: async ({ caller, found: { key, found, step }, input: { headers, body } }) => {
        refuseIfTaken(caller, step, deps.now());
        const { messageId: given = headers['webhook-id'] ?? uuidv7(), requestId, decision, ...words } = body;
        if (requestId !== undefined && requestId !== formatRequestId(key)) throw problem('REQUEST_ID_MISMATCH');
        const by = actorOf(caller);
        const { stepId, round } = key;
        const id = inboxId(by.id, given);
        const items = wantedItems(body);
        const message = { kind: 'decision' as const, id, stepId, round, decision, ...items, by };
        const source = caller.role === 'agency' ? ('callback' as const) : ('officer' as const);
        const put = { ...key, messageId: id, source, message, body: words };
        return deliver(deps, caller, found, put, (recorded) => keepEvery(deps, recorded, body), given);
      },
    }),

    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/progress',
      summary: 'Say that the task is being worked on; the note is not kept',
      tag: 'agency',
      policy: { action: 'task.decide', find },
      input: z.strictObject({ params, body: Progress }),
      answers: { 204: { description: 'Heard: the agency is not taken for silent' } },
      handler: async ({ found: { key } }) => {
        await heardOfStep(deps.pool, key);
        return { status: 204 };
      },
    }),
  ];
};

/** An id that was used for other content is refused (409), and what came under it this time is kept too, for the desk. */
const keepEvery = async ({ pool, cipher }: Deps, put: NewMessage, said: AnsweredDecision): Promise<PutMessage> => {
  const kept = await putMessage(pool, cipher, put);
  if (kept.kind !== 'different') return kept;
  const { caseId, stepId, round, message } = put;
  if (stepId === undefined || round === undefined || message.kind !== 'decision') return kept;
  const messageId = contentId(message.by.id, { caseId, stepId, round }, said);
  const settled = { kind: 'refused', code: 'MESSAGE_ID_REUSED' } as const;
  await putMessage(pool, cipher, { ...put, messageId, message: { ...message, id: messageId }, settled });
  return kept;
};

/** The agency that calls, for `policy`: its list is its own by construction. */
const ownAgency = (_input: unknown, caller: Caller): Promise<Found<string> | undefined> =>
  Promise.resolve('agency' in caller ? { resource: undefined, found: caller.agency } : undefined);

/** Lists, and while there is nothing waits for a case to change and lists again, `waitMs` at most. */
const untilSome = async <P extends { tasks: readonly unknown[] }>(
  deps: Deps,
  waitMs: number,
  over: AbortSignal,
  list: () => Promise<P>,
): Promise<P> => {
  const deadline = performance.now() + waitMs;
  const changed = watch(deps.notices, 'case_changed');
  try {
    for (;;) {
      const page = await list();
      const leftMs = deadline - performance.now();
      if (page.tasks.length > 0 || leftMs <= 0 || over.aborted) return page;
      await changed.wait(leftMs, over);
      // Aborted: the next turn ends it.
      await delay(Math.min(LIST_PAUSE_MS, leftMs), undefined, { signal: over }).catch(() => undefined);
    }
  } finally {
    changed.stop();
  }
};

type TaskCase = Pick<CaseRow, 'caseNo' | 'matter' | 'version'>;

const taskView = async (deps: Deps, found: TaskCase, step: StepRow): Promise<Task> => {
  const { matter } = await deps.registry.matterOf(found);
  return {
    requestId: formatRequestId(step),
    caseNo: found.caseNo,
    matter: { code: found.matter, version: found.version, name: matter.name },
    step: { id: step.stepId, kind: step.kind, name: stepName(matter, step.stepId) },
    status: step.status,
    round: step.round,
    light: lightOfStep(step, deps.now()),
    ...(step.promisedAt !== undefined && { dueAt: iso(step.promisedAt) }),
    ...(step.claimedBy !== undefined && { claimedBy: step.claimedBy }),
    ...instants(step, ['claimedUntil']),
  };
};

/** What the step's definition discloses, read only after it is recorded that it is being read. */
const disclosed = async (deps: Deps, found: CaseRow, { stepId, round, agency }: StepRow) => {
  const [{ matter }, papers, answered] = await Promise.all([
    deps.registry.matterOf(found),
    loadStep(deps.pool, deps.cipher, found.caseId, stepId),
    answeredItems(deps.pool, deps.cipher, { caseId: found.caseId, stepId }),
  ]);
  const defined = findStep(matter, stepId);
  if (!defined) throw new Error(`step ${stepId} of ${matter.code} cannot be disclosed`);
  const { step, item } = defined;
  await recordDisclosure(deps.pool, { caseId: found.caseId, stepId, round, agency, fields: step.discloses });
  return {
    form: disclose(papers.form, step.discloses, item),
    materials: shownMaterials(matter, defined, papers),
    supplement: answersTo(
      defined,
      papers,
      answered.map(({ body, place }) => askedIn(body)[place] ?? {}),
    ),
  };
};

/** A colleague has claimed the task and the lease runs: an officer does not decide over his head. */
const refuseIfTaken = (caller: Caller, { claimedBy, claimedUntil }: StepRow, now: number): void => {
  if (caller.role !== 'officer' || claimedBy === undefined || claimedUntil === undefined) return;
  if (claimedBy !== caller.account && claimedUntil > now) throw taken(claimedBy, claimedUntil);
};

const taken = (by: string, until: number) =>
  problem('TASK_TAKEN', { more: { claimedBy: by, claimedUntil: iso(until) } });
