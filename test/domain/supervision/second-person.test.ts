import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../domain/case/messages.ts';
import { bulkAfter, whyNotBulk } from '../../../domain/supervision/bulk.ts';
import { whyNotOrder, type Order } from '../../../domain/supervision/orders.ts';
import { actorKey, BY_ANOTHER, TWO_PERSONS_ABOVE } from '../../../domain/supervision/second-person.ts';

const ROLES = ['clerk', 'officer', 'supervisor', 'admin'] as const;
const PAIRS = ROLES.flatMap((first) => ROLES.map((second) => [first, second] as const));
const dual = (role: Actor['role']): Actor => ({ role, id: 'dual' });
const other = (role: Actor['role']): Actor => ({ role, id: 'other' });

const STATUS_OF = { close: 'answered', uphold: 'contested', lift: 'open' } as const;
const orderFor = (action: keyof typeof STATUS_OF, change: Partial<Order>): Order => ({
  status: STATUS_OF[action],
  openedBy: { role: 'system', id: 'escalation' },
  repliedBy: [],
  dueAt: 2,
  yellowAt: 1,
  provisional: false,
  ...change,
});
const actions = ['close', 'uphold', 'lift'] as const;

it('the acts on orders that need another person are these', () => {
  expect([...BY_ANOTHER]).toEqual(actions);
});

describe.each(PAIRS)('who acted as %s is no second person as %s', (first, second) => {
  it.each(actions)('to %s an order that they gave or answered', (action) => {
    const given = orderFor(action, { openedBy: dual(first) });
    expect(whyNotOrder(given, action, dual(second), 0)).toBe('SECOND_PERSON_REQUIRED');
    expect(whyNotOrder(given, action, other(second), 0)).toBeUndefined();
    const replied = orderFor(action, { repliedBy: [actorKey(dual(first))] });
    expect(whyNotOrder(replied, action, dual(second), 0)).toBe('SECOND_PERSON_REQUIRED');
  });

  it('to confirm a bulk act that they made', () => {
    const total = TWO_PERSONS_ABOVE + 1;
    const status = bulkAfter({ status: 'draft', createdBy: dual(first), total }, 'start');
    const bulk = { status, createdBy: dual(first), total };
    expect(whyNotBulk(bulk, 'confirm', dual(second))).toBe('SECOND_PERSON_REQUIRED');
    expect(whyNotBulk(bulk, 'confirm', other(second))).toBeUndefined();
  });
});

it('a rule or an agency with the name of a person is not that person', () => {
  const keys = (['system', 'agency', 'applicant', 'admin'] as const).map((role) => actorKey({ role, id: 'dual' }));
  expect(new Set(keys).size).toBe(4);
});
