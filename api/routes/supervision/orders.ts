import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { readArrival } from '../../../db/supervision/arrival.ts';
import { hashRequest, runOnce } from '../../../db/messages/idempotency.ts';
import { inTransaction } from '../../../db/sql/pool.ts';
import {
  actOnOrder,
  countOrders,
  getOrder,
  listOrderEvents,
  listOrders,
  openOrder,
  listStepsWithOrder,
  type OrderRow,
} from '../../../db/supervision/orders.ts';
import { allowedOf } from '../../../domain/actions.ts';
import { ORDER_ACTIONS, replyDue, whyNotOrderStep, type OrderAction } from '../../../domain/supervision/orders.ts';
import { CaseId, IdempotencyKey, StepId } from '../../../contract/values.ts';
import {
  ActOnOrder,
  OpenOrder,
  OrderCount,
  OrderDetail,
  OrderId,
  OrderList,
  OrderQuery,
  OrderView,
} from '../../../contract/supervision-orders.ts';
import type { Deps } from '../../deps.ts';
import { accountOf, actorOf } from '../../../identity/caller.ts';
import { scopeOf } from '../../policy.ts';
import { noteRequest } from '../../http/log.ts';
import { problem } from '../../http/problems.ts';
import { agencyName } from '../../views/names.ts';
import { route, findNothing, type FoundResource, type Route } from '../../http/route.ts';
import { orderRights, readStepsContext, stepOffers, stepResource } from '../../views/actions.ts';
import { orderDetail, orderView } from '../../views/order.ts';
import { narrowFilter, stepScope } from '../../commands/case-scope.ts';

const params = z.strictObject({ orderId: OrderId });

const SUMMARIES: Record<OrderAction, string> = {
  answer: 'Answer a supervision order in writing, as an officer of its agency',
  contest: 'Contest a supervision order; the recorded times of the step are attached',
  close: 'Close an answered order, by a different person than the one who gave or answered it',
  return: 'Return an insufficient answer: a new answer is due',
  uphold: 'Uphold an objection: the order is lifted, by a different person than the one who gave it',
  reject: 'Reject an objection: an answer is due again',
  circulate: 'Circulate an order that was not answered in time (通报)',
  lift: 'Lift an order that was given by mistake, by a different person than the one who gave it',
};

/**
 * Supervision orders (督办单): supervisors issue and end them, agencies answer or contest them.
 */
export const supervisionOrderRoutes = (deps: Deps): Route[] => {
  const { pool, cipher, calendars } = deps;
  const orderScope = async ({
    params: { orderId },
  }: {
    params: { orderId: string };
  }): Promise<FoundResource<OrderRow>> => {
    const found = await getOrder(pool, orderId);
    return { resource: { region: found.region, agencies: [found.agency] }, found };
  };

  const act = (action: OrderAction): Route =>
    route({
      method: 'post',
      path: `/api/v1/supervision-orders/{orderId}/${action}`,
      summary: SUMMARIES[action],
      tag: 'supervision',
      policy: { action: orderRights(action), find: orderScope },
      input: z.strictObject({ params, body: ActOnOrder }),
      answers: {
        200: {
          description: 'Done now or before by the same message; the current state of the order',
          schema: OrderView,
        },
        409: { description: 'Not allowed now; the body has the reason and the allowed actions' },
      },
      handler: async ({ caller, found: { orderId, caseId }, input: { body }, res }) => {
        noteRequest(res, { caseId });
        const { messageId = uuidv7(), ...words } = body;
        const at = deps.now();
        const by = actorOf(caller);
        const calendar = await calendars.newest();
        const acted = await inTransaction(pool, (client) =>
          actOnOrder(client, cipher, orderId, { action, messageId, by, at, words, due: replyDue(calendar, at) }),
        );
        if (acted.kind === 'different') throw problem('MESSAGE_ID_REUSED');
        const order = await orderView(deps, caller, acted.order);
        if (acted.kind === 'refused') throw problem(acted.code, { more: { allowed: allowedOf(order.actions) } });
        return { status: 200, body: order };
      },
    });

  return [
    route({
      method: 'post',
      path: '/api/v1/cases/{caseId}/steps/{stepId}/supervision-orders',
      summary: 'Issue a supervision order to the agency of a step; a written reply is due within one working day',
      tag: 'supervision',
      policy: { action: 'order.open', find: stepScope(deps) },
      input: z.strictObject({
        params: z.strictObject({ caseId: CaseId, stepId: StepId }),
        body: OpenOrder,
        headers: z.object({ 'idempotency-key': IdempotencyKey }),
      }),
      answers: {
        201: { description: 'The order', schema: OrderView },
        409: { description: 'The step is not with its agency, or already has an open order' },
        422: { description: 'The idempotency key was already used for a different request' },
      },
      handler: async ({ caller, found: { found, step }, input: { body, headers } }) => {
        const request = {
          account: accountOf(caller),
          key: headers['idempotency-key'],
          requestHash: hashRequest(cipher, [found.caseId, step.stepId, body]),
        };
        // Read before the transaction: inside, it could wait for the connections that others hold.
        const [context, calendar, { matter: definition }] = await Promise.all([
          readStepsContext(deps, caller, found.caseId),
          calendars.newest(),
          deps.registry.matterOf(found),
        ]);
        const once = await runOnce(pool, deps.unrecorded, request, async (client) => {
          const ordered = await listStepsWithOrder(client, found.caseId);
          const code = whyNotOrderStep(found, step, ordered.has(step.stepId));
          if (code) {
            const allowed = allowedOf(stepOffers(caller, found, step, { ...context, ordered }));
            throw problem(code, { more: { allowed } });
          }
          const at = deps.now();
          const { caseId, matter } = found;
          const { stepId, round, agency } = step;
          const { region: accepting, division: region = accepting } = stepResource(found, step);
          const event = { messageId: uuidv7(), by: actorOf(caller), at, words: { text: body.reason } };
          const circulates = definition.supervision.unanswered === 'circulate';
          const about = { caseId, stepId, round, agency, region, matter, ground: 'hand' as const, circulates };
          const opened = await openOrder(client, cipher, { ...about, ...event, ...replyDue(calendar, at) });
          if (!opened) throw problem('ORDER_IN_PROGRESS');
          return { status: 201, response: opened };
        });
        if (once.kind === 'different') throw problem('IDEMPOTENCY_KEY_REUSED');
        const { orderId } = OrderView.pick({ orderId: true }).parse(once.response);
        const order = await orderView(deps, caller, await getOrder(pool, orderId));
        return { status: 201, body: order, headers: { Location: `/api/v1/supervision-orders/${orderId}` } };
      },
    }),

    route({
      method: 'get',
      path: '/api/v1/supervision-orders',
      summary: 'List supervision orders, newest first; an agency sees its own',
      tag: 'supervision',
      policy: { action: 'order.list', find: findNothing },
      input: z.strictObject({ query: OrderQuery }),
      answers: { 200: { description: 'One page', schema: OrderList } },
      handler: async ({ caller, input: { query } }) => {
        const { cursor, limit, ...filter } = query;
        const scope = narrowFilter(filter, scopeOf(caller, 'order.list'));
        if (!scope) return { status: 200, body: { orders: [] } };
        const page = await listOrders(pool, { ...filter, ...scope, now: deps.now() }, { limit, cursor });
        const orders = await Promise.all(page.rows.map((order) => orderView(deps, caller, order)));
        return {
          status: 200,
          body: { orders, ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }) },
        };
      },
    }),

    route({
      method: 'get',
      path: '/api/v1/reports/supervision-orders',
      summary: 'Count supervision orders by agency',
      tag: 'supervision',
      policy: { action: 'order.list', find: findNothing },
      input: z.strictObject({}),
      answers: { 200: { description: 'Exact counts', schema: z.object({ agencies: z.array(OrderCount) }) } },
      handler: async ({ caller }) => {
        const [counts, agencies] = await Promise.all([
          countOrders(pool, { ...scopeOf(caller, 'order.list'), now: deps.now() }),
          deps.registry.agencies(),
        ]);
        const body = { agencies: counts.map((count) => ({ ...count, agency: agencyName(agencies, count.agency) })) };
        return { status: 200, body };
      },
    }),

    route({
      method: 'get',
      path: '/api/v1/supervision-orders/{orderId}',
      summary: 'Get one supervision order: request, answers, objections, and the recorded times',
      tag: 'supervision',
      policy: { action: 'order.read', find: orderScope },
      input: z.strictObject({ params }),
      answers: { 200: { description: 'The order', schema: OrderDetail } },
      handler: async ({ caller, reading, found, res }) => {
        const { caseId, stepId } = found;
        noteRequest(res, { caseId });
        const opener = reading.open({ kind: 'order', purpose: 'supervision', caseId, stepId });
        const [events, arrival] = await Promise.all([
          listOrderEvents(pool, opener, found.orderId),
          readArrival(pool, found),
        ]);
        return { status: 200, body: await orderDetail(deps, caller, found, events, arrival) };
      },
    }),

    ...ORDER_ACTIONS.map(act),
  ];
};
