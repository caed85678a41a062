import { z } from 'zod';
import {
  actOnBulk,
  countBulkItems,
  createBulk,
  getBulk,
  listBulkEvents,
  listBulkItems,
  listBulks,
  type BulkRow,
} from '../../../db/supervision/bulk.ts';
import { hashRequest, runOnce } from '../../../db/messages/idempotency.ts';
import { allowedOf, bulkActions } from '../../../domain/actions.ts';
import { BULK_VERBS, stepActionOf, type BulkVerb } from '../../../domain/supervision/bulk.ts';
import { needsTwoPersons, TWO_PERSONS_ABOVE } from '../../../domain/supervision/second-person.ts';
import { bulkList } from '../../commands/bulk-list.ts';
import { BulkId, BulkItemQuery, BulkItems, BulkList, BulkView, CreateBulk } from '../../../contract/bulk.ts';
import { IdempotencyKey } from '../../../contract/values.ts';
import type { Deps } from '../../deps.ts';
import { accountOf, actorOf } from '../../../identity/caller.ts';
import { scopeOf } from '../../policy.ts';
import type { Caller } from '../../../identity/caller.ts';
import { problem, rejectRequest } from '../../http/problems.ts';
import { REQUEST_RULE_WORDS } from '../../../domain/words/request-rules.ts';
import { route, findNothing, type FoundResource, type Route } from '../../http/route.ts';
import { instants, iso } from '../../views/instants.ts';
import { caseFilterOf } from '../../commands/case-scope.ts';

const params = z.strictObject({ bulkId: BulkId });

const SUMMARIES: Record<BulkVerb, string> = {
  start: `Start a bulk act; with more than ${TWO_PERSONS_ABOVE} items it first waits for another supervisor`,
  confirm: 'Confirm a bulk act as the second person',
  pause: 'Pause a bulk act; items that were already sent are still settled',
  resume: 'Resume a paused bulk act',
  stop: 'Stop a bulk act; items that were not sent are not carried out',
};

/** Bulk acts: freeze a list of cases, inspect it, then carry out one action on all of them. */
export const bulkRoutes = (deps: Deps): Route[] => {
  const { pool, cipher, unrecorded } = deps;
  const bulkScope = async ({ params: { bulkId } }: { params: { bulkId: string } }): Promise<FoundResource<BulkRow>> => {
    const found = await getBulk(pool, unrecorded, bulkId);
    return { resource: { region: found.region, agencies: [] }, found };
  };
  const view = async (caller: Caller, bulkId: string): Promise<BulkView> => {
    const [bulk, counts, events] = await Promise.all([
      getBulk(pool, unrecorded, bulkId),
      countBulkItems(pool, bulkId),
      listBulkEvents(pool, bulkId),
    ]);
    return {
      ...head(caller, bulk),
      reason: z.string().parse(bulk.reason),
      twoPersons: needsTwoPersons(bulk.total),
      counts,
      events: events.map((event) => ({ ...event, at: iso(event.at) })),
    };
  };

  const act = (verb: BulkVerb): Route =>
    route({
      method: 'post',
      path: `/api/v1/bulk/{bulkId}/${verb}`,
      summary: SUMMARIES[verb],
      tag: 'supervision',
      policy: { action: 'bulk.act', find: bulkScope },
      input: z.strictObject({ params }),
      answers: {
        200: { description: 'The current state of the bulk act', schema: BulkView },
        409: { description: 'Not allowed now; the body has the reason and the allowed actions' },
      },
      handler: async ({ caller, found: { bulkId } }) => {
        const done = await actOnBulk(pool, unrecorded, bulkId, verb, actorOf(caller));
        const bulk = await view(caller, bulkId);
        if (done.kind === 'refused') throw problem(done.code, { more: { allowed: allowedOf(bulk.actions) } });
        return { status: 200, body: bulk };
      },
    });

  return [
    route({
      method: 'post',
      path: '/api/v1/bulk',
      summary:
        'Create a bulk act: the filtered list is frozen with the effect of the action on each item; nothing is done yet',
      tag: 'supervision',
      policy: { action: 'bulk.act', find: findNothing },
      input: z.strictObject({ body: CreateBulk, headers: z.object({ 'idempotency-key': IdempotencyKey }) }),
      answers: {
        201: { description: 'The list and its dry run', schema: BulkView },
        409: { description: 'Nothing matches, or too many items match' },
        422: { description: 'The idempotency key was already used for a different request' },
      },
      handler: async ({ caller, input: { body, headers }, language }) => {
        const { action, filter, reason } = body;
        if (action.kind === 'reassign' && !(await deps.registry.agencies()).has(action.agency)) {
          const wrong = { path: 'body.action.agency', rule: 'unknown-agency' } as const;
          throw rejectRequest([wrong], REQUEST_RULE_WORDS, language);
        }
        const request = {
          account: accountOf(caller),
          key: headers['idempotency-key'],
          requestHash: hashRequest(cipher, body),
        };
        const about = stepActionOf(action) === undefined ? 'cases' : 'steps';
        const scoped = caseFilterOf(filter, scopeOf(caller, 'bulk.act'), deps.now(), about);
        const once = await runOnce(pool, unrecorded, request, async (client) => {
          const items = await bulkList(deps, client, caller, body, scoped);
          const region = scoped?.division ?? scoped?.region ?? '';
          const bulk = { action, filter, region, reason, createdBy: actorOf(caller), items };
          return { status: 201, response: { bulkId: await createBulk(client, cipher, bulk) } };
        });
        if (once.kind === 'different') throw problem('IDEMPOTENCY_KEY_REUSED');
        const { bulkId } = z.object({ bulkId: BulkId }).parse(once.response);
        return { status: 201, body: await view(caller, bulkId), headers: { Location: `/api/v1/bulk/${bulkId}` } };
      },
    }),

    route({
      method: 'get',
      path: '/api/v1/bulk',
      summary: 'List bulk acts',
      tag: 'supervision',
      policy: { action: 'bulk.act', find: findNothing },
      input: z.strictObject({
        query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
      }),
      answers: { 200: { description: 'Newest first', schema: BulkList } },
      handler: async ({ caller, input: { query } }) => {
        const acts = await listBulks(pool, scopeOf(caller, 'bulk.act').region ?? '', query.limit);
        return { status: 200, body: { bulk: acts.map((bulk) => head(caller, bulk)) } };
      },
    }),

    route({
      method: 'get',
      path: '/api/v1/bulk/{bulkId}',
      summary: 'Get one bulk act: its counts, and who did what',
      tag: 'supervision',
      policy: { action: 'bulk.act', find: bulkScope },
      input: z.strictObject({ params }),
      answers: { 200: { description: 'The bulk act', schema: BulkView } },
      handler: async ({ caller, found }) => ({ status: 200, body: await view(caller, found.bulkId) }),
    }),

    route({
      method: 'get',
      path: '/api/v1/bulk/{bulkId}/items',
      summary: 'List the items of a bulk act: the result of the dry run and the current state of each',
      tag: 'supervision',
      policy: { action: 'bulk.act', find: bulkScope },
      input: z.strictObject({ params, query: BulkItemQuery }),
      answers: { 200: { description: 'One page', schema: BulkItems } },
      handler: async ({ found, input: { query } }) => {
        const { rows, nextCursor } = await listBulkItems(pool, found.bulkId, query);
        return { status: 200, body: { items: rows, ...(nextCursor !== undefined && { nextCursor }) } };
      },
    }),

    ...BULK_VERBS.map(act),
  ];
};

const head = (
  caller: Caller,
  { bulkId, status, action, filter, region, createdBy, total, ...rest }: Omit<BulkRow, 'reason'>,
) => ({
  bulkId,
  status,
  action: { ...action },
  filter,
  region,
  createdBy,
  createdAt: iso(rest.createdAt),
  ...instants(rest, ['endedAt']),
  total,
  actions: bulkActions({ status, createdBy, total }, actorOf(caller)),
});
