import { setTimeout as delay } from 'node:timers/promises';
import type { Response } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { DecisionReply, formatRequestId, OfficersDecision, ProgressNote } from '../../../agencies/contract.ts';
import { storedMessageId } from '../../../db/messages/callers-ids.ts';
import type { PutMessage } from '../../../db/messages/inbox.ts';
import { agencyTasks } from '../../../db/worklist/agency-tasks.ts';
import type { CaseRow } from '../../../db/cases/cases.ts';
import { listConfirmations } from '../../../db/cases/confirmations.ts';
import { dropDraft, findDraft } from '../../../db/worklist/drafts.ts';
import type { StepRow } from '../../../db/cases/steps.ts';
import { inTransaction } from '../../../db/sql/pool.ts';
import { discloseStep } from '../../../exchange/record-disclosure.ts';
import { keepAnswer } from '../../../exchange/keep-answer.ts';
import { listDecisions } from '../../../domain/case/answers.ts';
import { holdRepeatedFault } from '../../../exchange/repeated-fault.ts';
import { findStep, getStep } from '../../../domain/matter/compile.ts';
import { resultFields } from '../../../domain/matter/results.ts';
import { uses } from '../../../domain/form/lineage.ts';
import { whyNotDecide } from '../../../domain/case/late-answers.ts';
import { isStepEnd } from '../../../domain/case/status.ts';
import { watch } from '../../../runtime/notifications.ts';
import { MessageOutcome, MessageReceipt } from '../../../contract/messages.ts';
import { TaskDetail, TaskList, type Task } from '../../../contract/tasks.ts';
import type { Deps } from '../../deps.ts';
import { refuseIfClaimed } from '../../commands/claims.ts';
import { recordHeard } from '../../commands/hear-message.ts';
import { accountsOf } from '../../../identity/cover.ts';
import { accountOf, actorOf } from '../../../identity/caller.ts';
import { scopeOf } from '../../policy.ts';
import type { Caller } from '../../../identity/caller.ts';
import { watchOpenAnswer } from '../../http/open-answer.ts';
import { problem } from '../../http/problems.ts';
import type { Reading } from '../../http/reading.ts';
import { route, type Route } from '../../http/route.ts';
import { listResultFaults } from '../../commands/results.ts';
import { refuseUnknownItems } from '../../commands/supplement-items.ts';
import { agencySource, recordAndAnswer } from '../../commands/tell-case.ts';
import { refuseWrongDecision } from '../../commands/wrong-decision.ts';
import { recordContact } from '../../../db/agencies/enquiries.ts';
import { taskScope } from '../../commands/case-scope.ts';
import { answeredStep } from '../../views/answered-step.ts';
import { lightOfStep } from '../../views/case.ts';
import { findOwnAgency } from './own-agency.ts';
import { readOf } from './task-reads.ts';
import { confirmationsView } from '../../views/confirmations.ts';
import { draftView } from '../../views/draft.ts';
import { viewLastDaysOfTask } from '../../views/last-days.ts';
import { stepName } from '../../views/names.ts';
import { instants, iso } from '../../views/instants.ts';

/** The shortest time between two reads of the list for a waiting agency. */
const LIST_PAUSE_MS = 500;

const params = z.strictObject({ requestId: z.string().max(200) });

/**
 * The worklist: officers call with a token, systems with a signature, both for their own steps
 * only.
 */
export const taskRoutes = (deps: Deps): Route[] => {
  const find = taskScope(deps);
  return [
    route({
      method: 'get',
      path: '/agency/v1/tasks',
      summary: 'List open tasks of the agency, the nearest deadline first',
      tag: 'agency',
      policy: { action: 'task.list', find: findOwnAgency },
      input: z.strictObject({
        query: z.strictObject({
          wait: z.coerce
            .number()
            .int()
            .min(0)
            .max(30)
            .default(0)
            .meta({ description: 'Seconds to wait for a task when there is none' }),
          cursor: z
            .string()
            .max(400)
            .regex(/^[A-Za-z0-9_-]+$/)
            .optional(),
          limit: z.coerce.number().int().min(1).max(100).default(20),
          mine: z.stringbool().default(false).meta({
            description:
              'Only tasks that the caller has claimed or was assigned, or that belong to officers whom the caller covers now',
          }),
          free: z.stringbool().default(false).meta({
            description: 'Only tasks that were assigned to no officer and are not claimed now',
          }),
        }),
      }),
      answers: { 200: { description: 'One page', schema: TaskList } },
      handler: async ({ caller, found: agency, input: { query }, res }) => {
        if (query.wait > 0) deps.limits.open.hold(accountOf(caller), res);
        const { region = '' } = scopeOf(caller, 'task.list');
        const accounts = await accountsOf(deps.pool, caller);
        const page = {
          limit: query.limit,
          region,
          free: query.free,
          ...(query.cursor !== undefined && { after: query.cursor }),
          ...(query.mine && { of: accounts }),
        };
        const list = () => agencyTasks(deps.pool, agency, page);
        const { tasks, nextCursor } =
          query.wait === 0 ? await list() : await pollUntilSome(deps, caller, res, query.wait * 1000, list);
        const body = { tasks: await Promise.all(tasks.map((task) => taskView(deps, task, task, accounts))) };
        return { status: 200, body: { ...body, ...(nextCursor !== undefined && { nextCursor }) } };
      },
    }),

    route({
      method: 'get',
      path: '/agency/v1/tasks/{requestId}',
      summary: 'Get one task with the data that its step discloses',
      tag: 'agency',
      policy: { action: 'task.read', find },
      input: z.strictObject({ params }),
      answers: {
        200: { description: 'The task; reading it is recorded as a disclosure', schema: TaskDetail },
        409: { description: 'The step has ended, so its data is no longer disclosed' },
      },
      handler: async ({ caller, reading, found: { key, found, step } }) => {
        if (key.round !== step.round) throw problem('ROUND_STALE');
        if (isStepEnd(step.status)) throw problem('STEP_ENDED');
        const accounts = await accountsOf(deps.pool, caller);
        const task = await taskView(deps, found, step, accounts);
        const isMine = task.claimedBy === actorOf(caller).id && (step.claimedUntil ?? 0) > deps.now();
        const draft = isMine ? draftView(await findDraft(deps.pool, reading.open(readOf('draft', key)), key)) : {};
        const { matter } = await deps.registry.matterOf(found);
        // Before the disclosure, which records the read of the form once for both.
        const lastDays = await viewLastDaysOfTask(deps, reading.open(readOf('form', key)), matter, step);
        const disclosed = await discloseToOfficer(deps, caller, reading, found, step);
        const decisions = listDecisions(answeredStep(matter, step), actorOf(caller).role);
        return { status: 200, body: { ...task, decisions, ...disclosed, lastDays, ...draft } };
      },
    }),

    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/decision',
      summary: 'Decide a task; the kind of its step says which decisions it may get',
      tag: 'agency',
      policy: { action: 'task.decide', find },
      input: z.strictObject({ params, body: DecisionReply }),
      inputOf: ({ role }) => (role === 'officer' ? z.strictObject({ params, body: OfficersDecision }) : undefined),
      keepsMessages: true,
      answers: {
        200: { description: 'The decision counts now, or already did', schema: MessageOutcome },
        202: {
          description: 'Recorded, not applied yet; it counts when the case is processed again',
          schema: MessageReceipt,
        },
        409: { description: 'No longer allowed; the body has the first decision' },
      },
      handler: async ({ caller, found: { key, found, step }, input: { body }, language }) => {
        await refuseIfClaimed(deps, caller, step);
        const { matter } = await deps.registry.matterOf(found);
        const at = deps.now();
        if (caller.role === 'officer') refuseWrongDecision(matter, step, body, { language, now: at });
        refuseUnknownItems(matter, body.supplements ?? [], 'supplements', language);
        const definition = getStep(matter, key.stepId);
        // Of a system the answer is kept, and the step waits for a person.
        const faults = listResultFaults(definition, body, { now: at }, language);
        const { messageId = uuidv7() } = body;
        const by = actorOf(caller);
        const said = { ...body, messageId };
        const answer = { key, source: agencySource(caller), by, said, step: definition, at };
        const { caseId, stepId } = key;
        const inbox = { caseId, stepId, messageId: storedMessageId(deps.cipher, caseId, by, messageId) };
        // By its row the step cannot be decided, so the answer may change nothing.
        const isLate = whyNotDecide(found, step, key.round) !== undefined;
        const keep = async (): Promise<PutMessage> => {
          const put = isLate
            ? await recordHeard(deps, key.caseId, (client, hear) => keepAnswer(client, deps.cipher, answer, hear))
            : await keepAnswer(deps.pool, deps.cipher, answer);
          await holdRepeatedFault({ ...deps, db: deps.pool }, key, put);
          return put;
        };
        const reply = await recordAndAnswer(deps, caller, inbox, keep, messageId, faults);
        if (caller.role === 'officer' && reply.status === 200) await dropDraft(deps.pool, key);
        return reply;
      },
    }),

    route({
      method: 'post',
      path: '/agency/v1/tasks/{requestId}/progress',
      summary: 'Report that the agency works on the task; the note is not stored',
      tag: 'agency',
      policy: { action: 'task.decide', find },
      input: z.strictObject({ params, body: ProgressNote }),
      answers: { 204: { description: 'Received: the agency does not count as silent' } },
      handler: async ({ found: { key } }) => {
        await recordContact(deps.pool, key);
        return { status: 204 };
      },
    }),
  ];
};

/**
 * Lists the tasks. While there is none, waits up to `waitMs` for a case to change, then lists
 * again. Refuses a caller whose token or secret ends meanwhile.
 */
const pollUntilSome = async <P extends { tasks: readonly unknown[] }>(
  deps: Deps,
  caller: Caller,
  res: Response,
  waitMs: number,
  list: () => Promise<P>,
): Promise<P> => {
  const { over, ended } = watchOpenAnswer(deps, caller, res);
  const deadline = performance.now() + waitMs;
  const changed = watch(deps.notifications, 'case_changed');
  try {
    for (;;) {
      const page = await list();
      const leftMs = deadline - performance.now();
      ended.throwIfAborted();
      if (page.tasks.length > 0 || leftMs <= 0 || over.aborted) return page;
      await changed.wait(leftMs, over);
      // Aborted: the loop ends at its next check.
      await delay(Math.min(LIST_PAUSE_MS, leftMs), undefined, { signal: over }).catch(() => undefined);
    }
  } finally {
    changed.stop();
  }
};

type TaskCase = Pick<CaseRow, 'caseId' | 'caseNo' | 'matter' | 'version'>;

const taskView = async (
  deps: Deps,
  found: TaskCase,
  step: StepRow,
  [own, ...covered]: readonly string[],
): Promise<Task> => {
  const { matter } = await deps.registry.matterOf(found);
  const coveredFor = [step.claimedBy, step.officer].find(
    (account) => account !== own && covered.includes(account ?? ''),
  );
  return {
    requestId: formatRequestId(step),
    caseNo: found.caseNo,
    matter: { code: found.matter, version: found.version, name: matter.name },
    step: { id: step.stepId, kind: step.kind, name: stepName(matter, step.stepId) },
    status: step.status,
    round: step.round,
    light: lightOfStep(step, deps.now()),
    ...(step.promisedAt !== undefined && { dueAt: iso(step.promisedAt) }),
    ...(step.officer !== undefined && { officer: step.officer }),
    ...(step.claimedBy !== undefined && { claimedBy: step.claimedBy, ...instants(step, ['claimedAt']) }),
    ...instants(step, ['claimedUntil']),
    ...(coveredFor !== undefined && { coveredFor }),
  };
};

/**
 * Records the disclosure and the read together, and returns the part of the form that the step's
 * definition discloses.
 */
const discloseToOfficer = async (
  { pool, registry, now }: Deps,
  caller: Caller,
  reading: Reading,
  found: TaskCase,
  { stepId, round, agency, results }: StepRow,
) => {
  const { matter } = await registry.matterOf(found);
  const defined = findStep(matter, stepId);
  if (!defined) throw new Error(`step ${stepId} of ${matter.code} cannot be disclosed`);
  const key = { caseId: found.caseId, stepId };
  const step = {
    ...{ ...key, round, agency, matter, found: defined, asked: true, now: now() },
    ...(caller.role === 'officer' && { officer: caller.account }),
  };
  const { caseNo: _shown, ...disclosed } = await inTransaction(pool, async (client) => {
    const opener = reading.open(readOf('form', key));
    const disclosed = await discloseStep(client, opener, { ...step, ...(results && { results }) });
    const confirmed = await listConfirmations(client, opener, found.caseId);
    await reading.save(client);
    return { ...disclosed, confirmations: confirmationsView(confirmed, (field) => uses(defined, field)) };
  });
  return { ...disclosed, resultFields: [...resultFields(defined.step)] };
};
