import { z } from 'zod';
import { LIGHTS } from '../domain/deadlines/light.ts';
import { ORDER_ACTIONS, ORDER_GROUNDS, ORDER_STATUSES } from '../domain/supervision/orders.ts';
import { Text } from '../domain/matter/schema.ts';
import { offers } from './actions.ts';
import { Evidence } from './step-commands.ts';
import {
  AgencyId,
  ActorView,
  CaseId,
  CaseNo,
  Cursor,
  DivisionPrefix,
  Instant,
  MatterCode,
  MessageId,
  Reason,
  Region,
  StepId,
} from './values.ts';

/** Supervision orders (督办单). */

export const OrderId = z.uuid().meta({ description: 'The id of a supervision order' });

export const OpenOrder = z.strictObject({ reason: Reason });

export const ActOnOrder = z.strictObject({
  messageId: MessageId.optional(),
  text: Reason.meta({ description: 'The written answer of the agency, or the reason of the supervisor' }),
  evidence: z.array(Evidence).min(1).max(20).optional(),
});

export const OrderView = z
  .object({
    orderId: OrderId,
    orderNo: CaseNo.meta({
      description: 'Division (6 digits), date (8), serial number of the day (5), check digit (1)',
    }),
    caseId: CaseId,
    caseNo: CaseNo,
    matter: z.object({ code: MatterCode, version: z.int(), name: Text }),
    region: Region.meta({ description: 'The division that decides the step' }),
    step: z.object({ id: StepId, name: Text }),
    round: z.int(),
    agency: z.object({ id: AgencyId, name: Text }),
    ground: z.enum(ORDER_GROUNDS).meta({ description: 'The light at which the rule issued the order, or by hand' }),
    status: z.enum(ORDER_STATUSES),
    light: z.enum(LIGHTS).meta({ description: 'Light of the order itself; deep red after a circular (通报)' }),
    openedBy: ActorView,
    openedAt: Instant,
    dueAt: Instant,
    provisional: z.boolean(),
    repliedAt: Instant.optional(),
    circularAt: Instant.optional(),
    endedAt: Instant.optional(),
    actions: offers(ORDER_ACTIONS),
  })
  .meta({ id: 'SupervisionOrder' });
export type OrderView = z.infer<typeof OrderView>;

const Arrival = z
  .object({
    recorded: z.array(z.object({ at: Instant, kind: z.string(), round: z.int().optional() })),
    sent: z.array(z.object({ round: z.int(), agency: AgencyId, sends: z.int(), firstAt: Instant, lastAt: Instant })),
    received: z.array(z.object({ at: Instant, messageId: z.string(), source: z.string(), round: z.int().optional() })),
  })
  .meta({
    id: 'ArrivalRecord',
    description: 'Messages to and from the agency about the step, as the platform recorded them',
  });
export type ArrivalView = z.infer<typeof Arrival>;

export const OrderDetail = OrderView.extend({
  events: z.array(
    z.object({
      seq: z.int(),
      at: Instant,
      kind: z.enum(['open', ...ORDER_ACTIONS]),
      by: ActorView,
      text: z.string(),
      evidence: z.array(Evidence).optional(),
      arrival: Arrival.optional().meta({ description: 'With a contest: the times on record at that moment' }),
    }),
  ),
  arrival: Arrival.meta({ description: 'The times on record now' }),
}).meta({ id: 'SupervisionOrderDetail' });
export type OrderDetail = z.infer<typeof OrderDetail>;

export const OrderQuery = z.strictObject({
  agency: AgencyId.optional(),
  region: DivisionPrefix.optional(),
  matter: MatterCode.optional(),
  caseId: CaseId.optional(),
  status: z.enum(ORDER_STATUSES).optional(),
  ground: z.enum(ORDER_GROUNDS).optional(),
  light: z.enum(LIGHTS).optional(),
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const OrderList = z
  .object({ orders: z.array(OrderView), nextCursor: z.string().optional() })
  .meta({ id: 'SupervisionOrderList' });
export type OrderList = z.infer<typeof OrderList>;

export const OrderCount = z
  .object({
    agency: z.object({ id: AgencyId, name: Text }),
    open: z.int(),
    overdue: z.int().meta({ description: 'Open, and past the time to reply' }),
    contested: z.int(),
    answered: z.int(),
    circulated: z.int().meta({ description: 'Ever in a circular (通报)' }),
    closed: z.int(),
    lifted: z.int(),
  })
  .meta({ id: 'SupervisionOrderCount' });
