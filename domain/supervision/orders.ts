import type { Calendar } from '../calendar/calendar.ts';
import { addLimit } from '../calendar/limit.ts';
import type { Actor } from '../case/messages.ts';
import { isCaseEnd, WITH_AGENCY, type CaseStatus, type StepStatus } from '../case/status.ts';
import { lightOf, findYellowAt, type Light } from '../deadlines/light.ts';
import type { Limit } from '../matter/schema.ts';
import { actorKey, BY_ANOTHER, whyNotSecond } from './second-person.ts';

/**
 * Supervision orders (督办单): a supervisor asks an agency about one late step. The agency answers in
 * writing or contests that the step was late, and a person other than the author and the
 * respondents ends the order. The escalation is 催办 (a step is urged) → 督办 (an order) → 通报 (a
 * circular about an order that was not answered in time).
 */
export const ORDER_STATUSES = ['open', 'contested', 'answered', 'closed', 'lifted'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** Why an order was given: a rule at the step's light, or a supervisor's own reason. */
export const ORDER_GROUNDS = ['yellow', 'red', 'hand'] as const;
export type OrderGround = (typeof ORDER_GROUNDS)[number];

/**
 * - agency: `answer` in writing, `contest` (it was not late, or not with us)
 * - supervisor on an answer: `close`, or `return` as insufficient
 * - supervisor on a contest: `uphold` (the order falls), or `reject`
 * - supervisor on an open order: `circulate` once it is overdue, `lift` one that was given by
 *   mistake
 */
export const ORDER_ACTIONS = ['answer', 'contest', 'close', 'return', 'uphold', 'reject', 'circulate', 'lift'] as const;
export type OrderAction = (typeof ORDER_ACTIONS)[number];

/** The states of an order: where each action is open, and the state that follows. */
const TABLE = {
  answer: { from: 'open', to: 'answered' },
  contest: { from: 'open', to: 'contested' },
  close: { from: 'answered', to: 'closed' },
  return: { from: 'answered', to: 'open' },
  uphold: { from: 'contested', to: 'lifted' },
  reject: { from: 'contested', to: 'open' },
  circulate: { from: 'open', to: 'open' },
  lift: { from: 'open', to: 'lifted' },
} as const satisfies Record<OrderAction, { from: OrderStatus; to: OrderStatus }>;

/** The time for the agency's reply; instants in milliseconds since 1970. */
export interface ReplyDue {
  dueAt: number;
  /** From here on the order's light is yellow. */
  yellowAt: number;
  /** It lies past the calendar's last covered day. */
  provisional: boolean;
}

export interface Order extends ReplyDue {
  status: OrderStatus;
  openedBy: Actor;
  /** Everyone who has answered or contested it, as `actorKey` names them. */
  repliedBy: readonly string[];
  /** The present reply; absent while the agency has to reply. */
  repliedAt?: number;
  /** Since when it is in a circular (通报): that stays on the record. */
  circularAt?: number;
  endedAt?: number;
}

export type OrderRefusal =
  'ORDER_ENDED' | 'ACTION_NOT_ALLOWED' | 'ORDER_NOT_OVERDUE' | 'ORDER_CIRCULATED' | 'SECOND_PERSON_REQUIRED';

export const isOrderEnd = (status: OrderStatus): boolean => status === 'closed' || status === 'lifted';

/**
 * Why no order can be given about the step now; undefined: it can. `ordered`: it has one in
 * progress.
 */
export const whyNotOrderStep = (
  found: { status: CaseStatus },
  step: { status: StepStatus },
  ordered: boolean,
): 'CASE_ENDED' | 'ACTION_NOT_ALLOWED' | 'ORDER_IN_PROGRESS' | undefined => {
  if (isCaseEnd(found.status)) return 'CASE_ENDED';
  if (!WITH_AGENCY.some((status) => status === step.status)) return 'ACTION_NOT_ALLOWED';
  return ordered ? 'ORDER_IN_PROGRESS' : undefined;
};

/**
 * Why `by` cannot do this to the order at this instant; undefined: it is allowed. The one judge of
 * orders.
 */
export const whyNotOrder = (order: Order, action: OrderAction, by: Actor, at: number): OrderRefusal | undefined => {
  if (isOrderEnd(order.status)) return 'ORDER_ENDED';
  if (TABLE[action].from !== order.status) return 'ACTION_NOT_ALLOWED';
  if (action === 'circulate' && order.circularAt !== undefined) return 'ORDER_CIRCULATED';
  if (action === 'circulate' && at <= order.dueAt) return 'ORDER_NOT_OVERDUE';
  return BY_ANOTHER.has(action) ? whyNotSecond(by, [actorKey(order.openedBy), ...order.repliedBy]) : undefined;
};

/**
 * The order after an allowed action; `due` is the new time to reply, for where the agency is asked
 * again.
 */
export const applyToOrder = (order: Order, action: OrderAction, by: Actor, at: number, due: ReplyDue): Order => {
  const status = TABLE[action].to;
  switch (action) {
    case 'answer':
    case 'contest':
      return { ...order, status, repliedAt: at, repliedBy: [...new Set([...order.repliedBy, actorKey(by)])] };
    case 'return':
    case 'reject': {
      const { repliedAt: _insufficient, ...asked } = order;
      return { ...asked, status, ...due };
    }
    case 'circulate':
      return { ...order, status, circularAt: at };
    case 'close':
    case 'uphold':
    case 'lift':
      return { ...order, status, endedAt: at };
  }
};

/** The light of an order: its own clock, which a reply stops; deep red from the circular on. */
export const orderLight = ({ dueAt, yellowAt, circularAt, repliedAt, endedAt }: Order, now: number): Light =>
  lightOf({ promisedAt: dueAt, yellowAt, statutoryAt: circularAt, endedAt: repliedAt ?? endedAt, now });

/** Practice of the supervision offices: an order is answered within one working day. */
const REPLY_WITHIN: Limit = { workingDays: 1 };
/**
 * One working day is yellow from its first minute by the rule for days; an order warns in its last
 * fifth, as minutes do.
 */
const ONE_DAY_IN_MINUTES: Limit = { workingMinutes: 390 };

/** When a reply is due to an order given at `at`, and from when its light is yellow. */
export const replyDue = (calendar: Calendar, at: number): ReplyDue => {
  const due = addLimit(calendar, at, REPLY_WITHIN);
  return { dueAt: due.at, yellowAt: findYellowAt(calendar, due.at, ONE_DAY_IN_MINUTES), provisional: due.provisional };
};
