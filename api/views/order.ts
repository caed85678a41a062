import { z } from 'zod';
import type { Arrival } from '../../db/supervision/arrival.ts';
import type { OrderEvent, OrderRow } from '../../db/supervision/orders.ts';
import { orderLight } from '../../domain/supervision/orders.ts';
import { Evidence } from '../../contract/step-commands.ts';
import type { ArrivalView, OrderDetail, OrderView } from '../../contract/supervision-orders.ts';
import type { Deps } from '../deps.ts';
import type { Caller } from '../../identity/caller.ts';
import { agencyName } from './names.ts';
import { orderOffers } from './actions.ts';
import { stepName } from './names.ts';
import { instants, iso } from './instants.ts';

/** An order with its light and the actions of this caller. */
export const orderView = async (deps: Deps, caller: Caller, order: OrderRow): Promise<OrderView> => {
  const [{ matter }, agencies] = await Promise.all([deps.registry.matterOf(order), deps.registry.agencies()]);
  const now = deps.now();
  return {
    orderId: order.orderId,
    orderNo: order.orderNo,
    caseId: order.caseId,
    caseNo: order.caseNo,
    matter: { code: order.matter, version: order.version, name: matter.name },
    region: order.region,
    step: { id: order.stepId, name: stepName(matter, order.stepId) },
    round: order.round,
    agency: agencyName(agencies, order.agency),
    ground: order.ground,
    status: order.status,
    light: orderLight(order, now),
    openedBy: order.openedBy,
    openedAt: iso(order.openedAt),
    dueAt: iso(order.dueAt),
    provisional: order.provisional,
    ...instants(order, ['repliedAt', 'circularAt', 'endedAt']),
    actions: orderOffers(caller, order, now),
  };
};

/** The decrypted content of an event. */
const Words = z.object({ text: z.string(), evidence: z.array(Evidence).optional() });

export const orderDetail = async (
  deps: Deps,
  caller: Caller,
  order: OrderRow,
  events: readonly OrderEvent[],
  arrival: Arrival,
): Promise<OrderDetail> => ({
  ...(await orderView(deps, caller, order)),
  events: events.map(({ seq, at, kind, by, words, arrival: proof }) => ({
    seq,
    at: iso(at),
    kind,
    by,
    ...Words.parse(words),
    ...(proof && { arrival: arrivalView(proof) }),
  })),
  arrival: arrivalView(arrival),
});

const arrivalView = ({ recorded, sent, received }: Arrival): ArrivalView => ({
  recorded: recorded.map((entry) => ({ ...entry, at: iso(entry.at) })),
  sent: sent.map((sending) => ({ ...sending, firstAt: iso(sending.firstAt), lastAt: iso(sending.lastAt) })),
  received: received.map((word) => ({ ...word, at: iso(word.at) })),
});
