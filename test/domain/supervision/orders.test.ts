import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedOf, orderActions } from '../../../domain/actions.ts';
import type { Actor } from '../../../domain/case/messages.ts';
import {
  applyToOrder,
  isOrderEnd,
  ORDER_ACTIONS,
  orderLight,
  replyDue,
  whyNotOrder,
  type Order,
  type OrderAction,
} from '../../../domain/supervision/orders.ts';
import { actorKey } from '../../../domain/supervision/second-person.ts';
import { mainland as calendar } from '../calendar/mainland.ts';

const at = (text: string): number => Date.parse(`${text}+08:00`);
const GIVEN = at('2024-11-20T10:00:00');
const ONE: Actor = { role: 'supervisor', id: 'one' };
const TWO: Actor = { role: 'supervisor', id: 'two' };
const OFFICER: Actor = { role: 'officer', id: 'officer' };
const OTHER_OFFICER: Actor = { role: 'officer', id: 'other' };

const createOrder = (change: Partial<Order> = {}): Order => ({
  status: 'open',
  openedBy: ONE,
  repliedBy: [],
  ...replyDue(calendar, GIVEN),
  ...change,
});
const actOn = (order: Order, ...acts: [OrderAction, Actor][]): Order =>
  acts.reduce((now, [action, by]) => {
    expect(whyNotOrder(now, action, by, GIVEN + 1)).toBeUndefined();
    return applyToOrder(now, action, by, GIVEN + 1, replyDue(calendar, GIVEN + 1));
  }, order);

describe('a supervision order', () => {
  it('is due at the close of the next working day, over a weekend and a holiday too', () => {
    expect(replyDue(calendar, GIVEN).dueAt).toBe(at('2024-11-21T17:00:00'));
    expect(replyDue(calendar, at('2024-11-22T10:00:00')).dueAt).toBe(at('2024-11-25T17:00:00'));
    // National day 2024: 1 to 7 October; Sunday 29 September is worked.
    expect(replyDue(calendar, at('2024-09-30T10:00:00')).dueAt).toBe(at('2024-10-08T17:00:00'));
  });

  it('is green, yellow in its last fifth, red without a reply, deep red when circulated; a reply stops its clock', () => {
    const order = createOrder();
    expect(orderLight(order, GIVEN)).toBe('green');
    expect(orderLight(order, at('2024-11-21T15:42:00'))).toBe('yellow');
    expect(orderLight(order, order.dueAt + 1)).toBe('red');
    expect(orderLight({ ...order, circularAt: order.dueAt + 1 }, order.dueAt + 2)).toBe('deep-red');
    expect(orderLight({ ...order, status: 'answered', repliedAt: order.dueAt }, order.dueAt + 1)).toBe('green');
    expect(orderLight({ ...order, status: 'answered', repliedAt: order.dueAt + 1 }, order.dueAt + 2)).toBe('red');
  });

  it.each([
    ['open', ['answer', 'contest', 'lift']],
    ['answered', ['close', 'return']],
    ['contested', ['uphold', 'reject']],
    ['closed', []],
    ['lifted', []],
  ] as const)('that is %s lets another supervisor do %j', (status, actions) => {
    const ended = isOrderEnd(status) ? { endedAt: GIVEN } : {};
    expect(allowedOf(orderActions(createOrder({ status, ...ended }), TWO, GIVEN))).toEqual(actions);
  });

  it('is circulated once, and not before it is overdue', () => {
    const order = createOrder();
    expect(whyNotOrder(order, 'circulate', TWO, order.dueAt)).toBe('ORDER_NOT_OVERDUE');
    expect(whyNotOrder(order, 'circulate', TWO, order.dueAt + 1)).toBeUndefined();
    const circulated = applyToOrder(order, 'circulate', TWO, order.dueAt + 1, replyDue(calendar, order.dueAt));
    expect(circulated).toMatchObject({ status: 'open', circularAt: order.dueAt + 1, dueAt: order.dueAt });
    expect(whyNotOrder(circulated, 'circulate', TWO, order.dueAt + 2)).toBe('ORDER_CIRCULATED');
  });

  it('is not ended by the person who issued or answered it', () => {
    const answered = actOn(createOrder(), ['answer', OFFICER]);
    expect(whyNotOrder(answered, 'close', ONE, GIVEN)).toBe('SECOND_PERSON_REQUIRED');
    expect(whyNotOrder(answered, 'close', OFFICER, GIVEN)).toBe('SECOND_PERSON_REQUIRED');
    expect(whyNotOrder(answered, 'close', TWO, GIVEN)).toBeUndefined();
    const contested = actOn(createOrder(), ['contest', OFFICER]);
    expect(whyNotOrder(contested, 'uphold', ONE, GIVEN)).toBe('SECOND_PERSON_REQUIRED');
    expect(whyNotOrder(createOrder(), 'lift', ONE, GIVEN)).toBe('SECOND_PERSON_REQUIRED');
  });

  it('is open again, with a new deadline, when an answer is returned or a contest rejected', () => {
    for (const again of [
      actOn(createOrder(), ['answer', OFFICER], ['return', ONE]),
      actOn(createOrder(), ['contest', OFFICER], ['reject', ONE]),
    ]) {
      expect(again).toMatchObject({ status: 'open', repliedBy: ['person:officer'] });
      expect(again.repliedAt).toBeUndefined();
    }
  });
});

describe('any sequence of actions', () => {
  const act = fc.record({
    action: fc.constantFrom(...ORDER_ACTIONS),
    by: fc.constantFrom(ONE, TWO, OFFICER, OTHER_OFFICER),
    laterMs: fc.integer({ min: 1, max: 5 * 86_400_000 }),
  });

  it('an order ends only after a reply or by being lifted, by another person, and never changes after its end', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        let order = createOrder();
        let now = GIVEN;
        for (const { action, by, laterMs } of acts) {
          now += laterMs;
          if (whyNotOrder(order, action, by, now) !== undefined) continue;
          expect(isOrderEnd(order.status)).toBe(false);
          const before = order;
          order = applyToOrder(order, action, by, now, replyDue(calendar, now));
          if (isOrderEnd(order.status)) {
            expect([actorKey(before.openedBy), ...before.repliedBy]).not.toContain(actorKey(by));
            expect(order.status === 'closed').toBe(before.status === 'answered');
          }
          // A reply is recorded exactly while it is valid.
          expect(order.repliedAt !== undefined).toBe(
            ['answered', 'contested'].includes(order.status) || (isOrderEnd(order.status) && before.status !== 'open'),
          );
          // A circulation stays recorded.
          if (before.circularAt !== undefined) expect(order.circularAt).toBe(before.circularAt);
        }
        for (const action of ORDER_ACTIONS) {
          if (isOrderEnd(order.status)) expect(whyNotOrder(order, action, TWO, now)).toBe('ORDER_ENDED');
        }
      }),
    );
  });
});
